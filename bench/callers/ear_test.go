package main

import (
	"testing"
	"time"

	"github.com/pion/rtp"
)

// arrival is a packet of 20 ms and how much later it came than a packet that nothing held up.
type arrival struct {
	number uint16
	heldUp time.Duration
}

func lateShareOf(t *testing.T, arrivals []arrival) float64 {
	t.Helper()
	listening := newEar()
	began := time.Now()
	for _, each := range arrivals {
		place := time.Duration(each.number-arrivals[0].number) * packetTime
		since := place + each.heldUp
		got := &rtp.Packet{Header: rtp.Header{SequenceNumber: each.number, Timestamp: 7_000 + uint32(place.Milliseconds())*48}}
		listening.note(got, began.Add(since), since, false)
	}
	share := listening.heard().lateShare()
	if share == nil {
		t.Fatal("nothing was counted")
	}
	return *share
}

func inTime(from uint16, count int) []arrival {
	var all []arrival
	for at := range count {
		all = append(all, arrival{number: from + uint16(at)})
	}
	return all
}

func TestSoundThatComesInTimeIsNotLate(t *testing.T) {
	// Across the turn of the packets' numbers.
	if share := lateShareOf(t, inTime(65_500, 100)); share != 0 {
		t.Errorf("%v of it was late", share)
	}
}

func TestAPacketThatIsHeldUpForLongerThanATelephoneWaitsIsLate(t *testing.T) {
	arrivals := inTime(1, 100)
	arrivals[40].heldUp = playedAfter - time.Millisecond
	arrivals[60].heldUp = playedAfter + time.Millisecond
	if share := lateShareOf(t, arrivals); share != 0.01 {
		t.Errorf("%v of it was late", share)
	}
}

func TestAPacketThatNeverComesIsLate(t *testing.T) {
	arrivals := inTime(1, 100)
	arrivals = append(arrivals[:50], arrivals[51:]...)
	if share := lateShareOf(t, arrivals); share != 0.01 {
		t.Errorf("%v of it was late", share)
	}
}

func TestASenderWhoseClockStoodStillIsLateForAWhileAndNotForEver(t *testing.T) {
	arrivals := inTime(1, 1_000)
	for at := 100; at < len(arrivals); at++ {
		arrivals[at].heldUp = 200 * time.Millisecond
	}
	if share := lateShareOf(t, arrivals); share < 0.02 || share > 0.15 {
		t.Errorf("%v of it was late", share)
	}
}

func TestAQuestionIsOverWithItsLastPacket(t *testing.T) {
	speaking := newVoice()
	said := speaking.say([]packet{{1}, {2}})
	for _, wanted := range []byte{1, 2} {
		word, told := speaking.next()
		if word[0] != wanted {
			t.Errorf("packet %v instead of %v", word, wanted)
		}
		if (told != nil) != (wanted == 2) {
			t.Errorf("the end was told with packet %v", wanted)
		}
	}
	if word, _ := speaking.next(); &word[0] != &silence[0] {
		t.Error("no silence after the question")
	}
	select {
	case <-said:
		t.Error("the end was told before the packet had left")
	default:
	}
}
