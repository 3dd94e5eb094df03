package main

import (
	"sync"
	"time"
)

const (
	// A pause between two words of an agent is shorter.
	finishedAfter = 900 * time.Millisecond
	// Longer, and a caller says "hello?".
	patience = 8 * time.Second
)

// habits is how one talks.
type habits struct {
	question []packet
	// From the end of an answer to the next question; the first one is asked after firstPause.
	pause      time.Duration
	firstPause time.Duration
}

// measures is what a caller lived through, in milliseconds from the placing of the job; null where it did not come to it.
type measures struct {
	// To the first packet of the agent's voice: LiveKit SIP answers the INVITE then.
	AnsweredMs *float64 `json:"answeredMs"`
	// To the first sound of the greeting.
	GreetedMs *float64 `json:"greetedMs"`
	// From each last word of the caller to the first sound of the answer; null: none came in 8 s.
	TurnsMs []*float64 `json:"turnsMs"`
	// Of the packets of the agent's voice, the share that came too late to be played, or never.
	LateShare *float64 `json:"lateShare"`
}

// caller listens to the greeting, asks, measures when the answer begins, lets it finish, waits a moment and asks again, until
// it is told to hang up.
type caller struct {
	habits  habits
	room    *room
	voice   *voice
	ear     *ear
	placed  time.Time
	stopped chan struct{}
	talk    sync.WaitGroup
	turns   []*float64
}

func joinAsCaller(url, token string, as habits) (*caller, error) {
	joined := &caller{habits: as, ear: newEar(), stopped: make(chan struct{})}
	joined.voice = newVoice()
	entered, err := enter(url, token, joined.voice.track, joined.ear.listen)
	if err != nil {
		return nil, err
	}
	joined.room = entered
	go joined.voice.speak(joined.stopped)
	return joined, nil
}

// begin counts from now, when the job is placed, and talks with the agent when it comes.
func (c *caller) begin(answered func()) {
	c.placed = time.Now()
	c.talk.Go(func() {
		select {
		case <-c.ear.answered:
			answered()
			c.converse()
		case <-c.stopped:
		}
	})
}

func (c *caller) hangUp() measures {
	close(c.stopped)
	c.talk.Wait()
	c.room.leave()
	heard := c.ear.heard()
	return measures{
		AnsweredMs: c.sincePlaced(heard.firstPacket),
		GreetedMs:  c.sincePlaced(heard.firstSound),
		TurnsMs:    append([]*float64{}, c.turns...),
		LateShare:  heard.lateShare(),
	}
}

func (c *caller) sincePlaced(at time.Time) *float64 {
	if at.IsZero() || c.placed.IsZero() {
		return nil
	}
	return milliseconds(at.Sub(c.placed))
}

func (c *caller) converse() {
	// However long it takes: a worker that comes late is to be measured, not given up.
	if !c.until(c.ear.soundAfter(time.Time{}), nil) {
		return
	}
	for pause := c.habits.firstPause; ; pause = c.habits.pause {
		if !c.untilQuiet() || !c.rest(pause) {
			return
		}
		took, stopped := c.ask()
		if stopped {
			return
		}
		c.turns = append(c.turns, took)
	}
}

// ask returns the time to the answer, nil where none came.
func (c *caller) ask() (took *float64, stopped bool) {
	said := c.voice.say(c.habits.question)
	var saidAt time.Time
	select {
	case saidAt = <-said:
	case <-c.stopped:
		return nil, true
	}
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	select {
	case soundAt := <-c.ear.soundAfter(saidAt):
		return milliseconds(soundAt.Sub(saidAt)), false
	case <-deadline.C:
		return nil, false
	case <-c.stopped:
		return nil, true
	}
}

// untilQuiet waits for the end of what the agent says, but not for ever.
func (c *caller) untilQuiet() bool {
	deadline := time.Now().Add(2 * patience)
	for {
		left := finishedAfter - time.Since(c.ear.heard().lastSound)
		if left <= 0 || time.Now().After(deadline) {
			return true
		}
		if !c.rest(left) {
			return false
		}
	}
}

func (c *caller) rest(pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	return c.until(nil, timer.C)
}

// until says false when the caller was told to hang up first.
func (c *caller) until(sound <-chan time.Time, timer <-chan time.Time) bool {
	select {
	case <-sound:
		return true
	case <-timer:
		return true
	case <-c.stopped:
		return false
	}
}

func milliseconds(took time.Duration) *float64 {
	value := float64(took.Microseconds()) / 1000
	return &value
}
