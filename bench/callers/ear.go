package main

import (
	"sync"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

const (
	// Below this a sample is silence, also after Opus.
	audible = 400
	// What comes later than the fastest packets by this much has missed its time in a telephone's buffer: LiveKit SIP waits
	// 60 ms.
	playedAfter = 60 * time.Millisecond
	rtpClock    = 48000
	// The fastest way is looked for in what came last: a sender whose clock stood still is late once, not for ever.
	windows      = 4
	windowLength = 500 * time.Millisecond
)

// heard is what an ear knows so far.
type heard struct {
	firstPacket time.Time
	firstSound  time.Time
	lastSound   time.Time
	// Packets that came, and those of them that came too late.
	packets, late int
	// Packets that should have come, by their numbers.
	expected int
}

func (h heard) lateShare() *float64 {
	if h.expected == 0 {
		return nil
	}
	share := float64(h.late+max(0, h.expected-h.packets)) / float64(h.expected)
	return &share
}

// ear listens to the agent's voice, the first track that comes.
type ear struct {
	answered chan struct{}
	mutex    sync.Mutex
	known    heard
	taken    bool
	// Who waits for the first sound after a time.
	waiting []waiter
	// Of each of the last windows, how early its fastest packet was.
	fastest     [windows]time.Duration
	windowSince time.Time
	first, last uint16
	rounds      int
}

type waiter struct {
	after time.Time
	sound chan time.Time
}

func newEar() *ear {
	return &ear{answered: make(chan struct{})}
}

func (e *ear) heard() heard {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	return e.known
}

// soundAfter gives the time of the first sound after that.
func (e *ear) soundAfter(after time.Time) <-chan time.Time {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	sound := make(chan time.Time, 1)
	if e.known.lastSound.After(after) {
		sound <- e.known.lastSound
	} else {
		e.waiting = append(e.waiting, waiter{after, sound})
	}
	return sound
}

func (e *ear) listen(track *webrtc.TrackRemote) {
	e.mutex.Lock()
	mine := !e.taken && track.Kind() == webrtc.RTPCodecTypeAudio
	e.taken = e.taken || mine
	e.mutex.Unlock()
	if !mine {
		return
	}
	decoder := newDecoder()
	defer decoder.close()
	began := time.Now()
	for {
		got, _, err := track.ReadRTP()
		if err != nil {
			return
		}
		at := time.Now()
		// A server that has nothing to send keeps the way open with packets without a payload.
		if len(got.Payload) == 0 {
			continue
		}
		e.note(got, at, at.Sub(began), decoder.loudness(got.Payload) > audible)
	}
}

func (e *ear) note(got *rtp.Packet, at time.Time, since time.Duration, sounds bool) {
	e.mutex.Lock()
	defer e.mutex.Unlock()
	if e.known.firstPacket.IsZero() {
		e.known.firstPacket = at
		e.first, e.last = got.SequenceNumber, got.SequenceNumber
		close(e.answered)
	}
	e.count(got, at, since)
	if !sounds {
		return
	}
	e.known.lastSound = at
	if e.known.firstSound.IsZero() {
		e.known.firstSound = at
	}
	left := e.waiting[:0]
	for _, each := range e.waiting {
		if at.After(each.after) {
			each.sound <- at
		} else {
			left = append(left, each)
		}
	}
	e.waiting = left
}

// count says of a packet whether it came in time: against its own place in the sound, and the fastest of the last seconds.
func (e *ear) count(got *rtp.Packet, at time.Time, since time.Duration) {
	if forward := got.SequenceNumber - e.last; forward != 0 && forward < 1<<15 {
		if got.SequenceNumber < e.last {
			e.rounds++
		}
		e.last = got.SequenceNumber
	}
	e.known.packets++
	e.known.expected = e.rounds<<16 + int(e.last) - int(e.first) + 1
	delay := since - time.Duration(float64(got.Timestamp)/rtpClock*float64(time.Second))
	if at.Sub(e.windowSince) > windowLength {
		copy(e.fastest[1:], e.fastest[:windows-1])
		e.fastest[0] = delay
		if e.windowSince.IsZero() {
			e.fastest = [windows]time.Duration{delay, delay, delay, delay}
		}
		e.windowSince = at
	}
	e.fastest[0] = min(e.fastest[0], delay)
	fastest := e.fastest[0]
	for _, each := range e.fastest {
		fastest = min(fastest, each)
	}
	if delay-fastest > playedAfter {
		e.known.late++
	}
}
