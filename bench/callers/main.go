// Callers of the bench, all in one process that costs the machine next to nothing: a caller sends the packets of a question
// that was encoded before, and decodes what comes. Through the library that the workers use, 24 callers took more than the
// core beside the measured one, and what was measured was them.
//
// Orders come as JSON lines on standard input, what happens goes out as JSON lines on standard output.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
	"time"
)

type order struct {
	Do           string  `json:"do"`
	Caller       string  `json:"caller"`
	URL          string  `json:"url"`
	Token        string  `json:"token"`
	FirstPauseMs float64 `json:"firstPauseMs"`
}

type notice struct {
	Event    string    `json:"event"`
	Caller   string    `json:"caller"`
	Problem  string    `json:"problem,omitempty"`
	Measured *measures `json:"measured,omitempty"`
	Rang     *rang     `json:"rang,omitempty"`
}

// switchroom holds the callers by their names, and is told what they are to do.
type switchroom struct {
	question []packet
	pause    time.Duration
	callers  sync.Map
	out      sync.Mutex
}

func main() {
	question := flag.String("question", "", "Ogg file with Opus, a packet a page, that a caller asks")
	pauseMs := flag.Int("pause-ms", 1500, "from the end of an answer to the next question")
	flag.Parse()
	packets, err := readPackets(*question)
	if err != nil {
		fmt.Fprintf(os.Stderr, "the question %s cannot be read: %v\n", *question, err)
		os.Exit(1)
	}
	room := &switchroom{question: packets, pause: time.Duration(*pauseMs) * time.Millisecond}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var given order
		if err := json.Unmarshal(lines.Bytes(), &given); err != nil {
			fmt.Fprintf(os.Stderr, "not an order: %v\n", err)
			os.Exit(1)
		}
		room.obey(given)
	}
}

func (s *switchroom) obey(given order) {
	switch given.Do {
	case "join":
		go s.join(given)
	case "ring":
		go s.ring(given)
	case "begin":
		if called := s.called(given); called != nil {
			called.begin(func() { s.tell(notice{Event: "answered", Caller: given.Caller}) })
		}
	case "hangUp":
		if called := s.called(given); called != nil {
			go func() {
				measured := called.hangUp()
				s.callers.Delete(given.Caller)
				s.tell(notice{Event: "ended", Caller: given.Caller, Measured: &measured})
			}()
		}
	default:
		s.tell(notice{Event: "failed", Caller: given.Caller, Problem: "there is no order " + given.Do})
	}
}

func (s *switchroom) join(given order) {
	joined, err := joinAsCaller(given.URL, given.Token, habits{
		question:   s.question,
		pause:      s.pause,
		firstPause: time.Duration(given.FirstPauseMs * float64(time.Millisecond)),
	})
	if err != nil {
		s.tell(notice{Event: "failed", Caller: given.Caller, Problem: err.Error()})
		return
	}
	s.callers.Store(given.Caller, joined)
	s.tell(notice{Event: "joined", Caller: given.Caller})
}

// ring joins as the leg of a call that nobody has answered yet, and tells what became of it.
func (s *switchroom) ring(given order) {
	outcome := ring(given.URL, given.Token)
	s.tell(notice{Event: "rang", Caller: given.Caller, Rang: &outcome})
}

func (s *switchroom) called(given order) *caller {
	found, ok := s.callers.Load(given.Caller)
	if !ok {
		s.tell(notice{Event: "failed", Caller: given.Caller, Problem: "no such caller"})
		return nil
	}
	return found.(*caller)
}

func (s *switchroom) tell(what notice) {
	s.out.Lock()
	defer s.out.Unlock()
	// The only thing that cannot be written is a line to a bench that is gone, and then nobody is left to be told.
	if err := json.NewEncoder(os.Stdout).Encode(what); err != nil {
		os.Exit(1)
	}
}
