package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"sync"
	"time"

	"github.com/pion/webrtc/v4"
	"github.com/pion/webrtc/v4/pkg/media"
	"github.com/pion/webrtc/v4/pkg/media/oggreader"
)

const (
	packetTime = 20 * time.Millisecond
	// The first page has the header of the stream, which the reader takes; the second one its tags.
	tags = "OpusTags"
)

type packet []byte

// silence is a packet of 20 ms in which nothing is heard.
var silence = packet{0xf8, 0xff, 0xfe}

// readPackets reads an Ogg file that has a packet a page.
func readPackets(path string) ([]packet, error) {
	file, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	ogg, _, err := oggreader.NewWith(bytes.NewReader(file))
	if err != nil {
		return nil, err
	}
	var packets []packet
	for {
		page, _, err := ogg.ParseNextPage()
		if errors.Is(err, io.EOF) {
			return packets, nil
		}
		if err != nil {
			return nil, err
		}
		if !bytes.HasPrefix(page, []byte(tags)) {
			packets = append(packets, page)
		}
	}
}

// voice sends a packet every 20 ms, silence where there is nothing to say, as LiveKit SIP does.
type voice struct {
	track *webrtc.TrackLocalStaticSample
	mutex sync.Mutex
	words []packet
	said  chan time.Time
}

func newVoice() *voice {
	codec := webrtc.RTPCodecCapability{MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2}
	track, err := webrtc.NewTrackLocalStaticSample(codec, "caller", "caller")
	if err != nil {
		panic(err)
	}
	return &voice{track: track}
}

// say returns when the last word has left.
func (v *voice) say(words []packet) <-chan time.Time {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.words = words
	v.said = make(chan time.Time, 1)
	return v.said
}

func (v *voice) speak(stopped <-chan struct{}) {
	due := time.NewTicker(packetTime)
	defer due.Stop()
	for {
		select {
		case <-stopped:
			return
		case <-due.C:
			word, said := v.next()
			// A track of a room that is being left takes nothing any more.
			if v.track.WriteSample(media.Sample{Data: word, Duration: packetTime}) != nil {
				return
			}
			if said != nil {
				said <- time.Now()
			}
		}
	}
}

// next returns the channel to be told when the packet was the last one of what there was to say.
func (v *voice) next() (packet, chan<- time.Time) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	if len(v.words) == 0 {
		return silence, nil
	}
	word := v.words[0]
	v.words = v.words[1:]
	if len(v.words) > 0 {
		return word, nil
	}
	return word, v.said
}
