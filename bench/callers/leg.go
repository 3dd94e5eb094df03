package main

import "time"

const (
	answerPatience = 30 * time.Second
	wordPatience   = 10 * time.Second
)

// rang is what became of a call, in milliseconds from the moment at which its leg began to join.
type rang struct {
	// "answered", "refused" by the server that ended the room, or "unanswered" for 30 s.
	Outcome     string   `json:"outcome"`
	FinalMs     *float64 `json:"finalMs"`
	FirstWordMs *float64 `json:"firstWordMs"`
}

// ring joins as LiveKit SIP joins while the telephone rings, and leaves after the agent's first word.
func ring(url, token string) rang {
	began := time.Now()
	since := func(at time.Time) *float64 { return milliseconds(at.Sub(began)) }
	leg, err := joinAsCaller(url, token, habits{})
	if err != nil {
		// A room can be closed before its caller is in it.
		return rang{Outcome: "refused", FinalMs: since(time.Now())}
	}
	defer leg.hangUp()
	select {
	case <-leg.ear.answered:
	case <-leg.room.ended:
		return rang{Outcome: "refused", FinalMs: since(time.Now())}
	case <-time.After(answerPatience):
		return rang{Outcome: "unanswered"}
	}
	answered := rang{Outcome: "answered", FinalMs: since(leg.ear.heard().firstPacket)}
	select {
	case at := <-leg.ear.soundAfter(time.Time{}):
		answered.FirstWordMs = since(at)
	case <-leg.room.ended:
	case <-time.After(wordPatience):
	}
	return answered
}
