package main

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
	"github.com/livekit/protocol/livekit"
	"github.com/livekit/protocol/signalling"
	"github.com/pion/webrtc/v4"
	"google.golang.org/protobuf/proto"
)

const (
	// Of LiveKit's signalling: two connections, the server offers what it sends.
	protocolVersion = 15
	joinDeadline    = 10 * time.Second
	pingEvery       = 5 * time.Second
)

// room is a caller's place in a LiveKit room: what it sends goes through one connection, what it hears comes through another.
type room struct {
	socket    *websocket.Conn
	writing   sync.Mutex
	publisher *webrtc.PeerConnection
	listener  *webrtc.PeerConnection
	track     *webrtc.TrackLocalStaticSample
	// Closed when the sound that we send has its way to the server.
	published chan struct{}
	// The first thing that went wrong.
	failed chan error
	// Closed when the server has ended our stay, or we have.
	ended chan struct{}
	left  chan struct{}
	leave func()
}

// enter joins and publishes, and returns when the way for both is open.
func enter(url, token string, track *webrtc.TrackLocalStaticSample, listen func(*webrtc.TrackRemote)) (*room, error) {
	address := fmt.Sprintf("%s/rtc?protocol=%d&auto_subscribe=1&sdk=go", url, protocolVersion)
	header := http.Header{"Authorization": {"Bearer " + token}}
	socket, _, err := websocket.DefaultDialer.Dial(address, header)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", url, err)
	}
	entered := &room{
		socket: socket, track: track,
		published: make(chan struct{}), failed: make(chan error, 1),
		ended: make(chan struct{}), left: make(chan struct{}),
	}
	entered.leave = sync.OnceFunc(entered.close)
	if err := entered.open(listen); err != nil {
		entered.leave()
		return nil, err
	}
	go entered.follow()
	go entered.ping()
	select {
	case <-entered.published:
		return entered, nil
	case err = <-entered.failed:
	case <-time.After(joinDeadline):
		err = fmt.Errorf("the room was not joined in %s", joinDeadline)
	}
	entered.leave()
	return nil, err
}

func (r *room) open(listen func(*webrtc.TrackRemote)) error {
	var err error
	if r.publisher, err = newConnection(); err != nil {
		return err
	}
	if r.listener, err = newConnection(); err != nil {
		return err
	}
	r.passOn(r.publisher, livekit.SignalTarget_PUBLISHER)
	r.passOn(r.listener, livekit.SignalTarget_SUBSCRIBER)
	r.listener.OnTrack(func(track *webrtc.TrackRemote, _ *webrtc.RTPReceiver) { listen(track) })
	r.publisher.OnConnectionStateChange(func(state webrtc.PeerConnectionState) {
		if state == webrtc.PeerConnectionStateConnected {
			close(r.published)
		}
	})
	return nil
}

// passOn tells the server by which ways the connection can be reached.
func (r *room) passOn(connection *webrtc.PeerConnection, target livekit.SignalTarget) {
	connection.OnICECandidate(func(candidate *webrtc.ICECandidate) {
		if candidate == nil {
			return
		}
		trickle := signalling.ToProtoTrickle(candidate.ToJSON(), target, false)
		r.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Trickle{Trickle: trickle}})
	})
}

// follow does what the server says, until one of both has left.
func (r *room) follow() {
	defer close(r.ended)
	for {
		_, bytes, err := r.socket.ReadMessage()
		if err != nil {
			r.fail(err)
			return
		}
		var said livekit.SignalResponse
		if err := proto.Unmarshal(bytes, &said); err != nil {
			r.fail(err)
			return
		}
		if err := r.answer(&said); err != nil {
			r.fail(err)
			return
		}
	}
}

func (r *room) answer(said *livekit.SignalResponse) error {
	switch message := said.Message.(type) {
	case *livekit.SignalResponse_Join:
		return r.announce()
	case *livekit.SignalResponse_TrackPublished:
		return r.publish()
	case *livekit.SignalResponse_Answer:
		description, _, _ := signalling.FromProtoSessionDescription(message.Answer)
		return r.publisher.SetRemoteDescription(description)
	case *livekit.SignalResponse_Offer:
		return r.accept(message.Offer)
	case *livekit.SignalResponse_Trickle:
		candidate, err := signalling.FromProtoTrickle(message.Trickle)
		if err != nil {
			return err
		}
		return r.connectionOf(message.Trickle.Target).AddICECandidate(candidate)
	}
	return nil
}

func (r *room) connectionOf(target livekit.SignalTarget) *webrtc.PeerConnection {
	if target == livekit.SignalTarget_PUBLISHER {
		return r.publisher
	}
	return r.listener
}

func (r *room) announce() error {
	r.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_AddTrack{AddTrack: &livekit.AddTrackRequest{
		Cid: r.track.ID(), Name: "sip", Type: livekit.TrackType_AUDIO, Source: livekit.TrackSource_MICROPHONE,
		DisableDtx: true, DisableRed: true,
	}}})
	return nil
}

func (r *room) publish() error {
	sender, err := r.publisher.AddTrack(r.track)
	if err != nil {
		return err
	}
	go drain(sender)
	offer, err := r.publisher.CreateOffer(nil)
	if err != nil {
		return err
	}
	if err := r.publisher.SetLocalDescription(offer); err != nil {
		return err
	}
	description := signalling.ToProtoSessionDescription(offer, 0, nil)
	r.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Offer{Offer: description}})
	return nil
}

func (r *room) accept(offered *livekit.SessionDescription) error {
	description, id, _ := signalling.FromProtoSessionDescription(offered)
	if err := r.listener.SetRemoteDescription(description); err != nil {
		return err
	}
	answer, err := r.listener.CreateAnswer(nil)
	if err != nil {
		return err
	}
	if err := r.listener.SetLocalDescription(answer); err != nil {
		return err
	}
	accepted := signalling.ToProtoSessionDescription(answer, id, nil)
	r.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Answer{Answer: accepted}})
	return nil
}

// ping keeps the server from taking a silent caller for a lost one.
func (r *room) ping() {
	due := time.NewTicker(pingEvery)
	defer due.Stop()
	for {
		select {
		case <-r.left:
			return
		case <-due.C:
			now := time.Now().UnixMilli()
			r.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_PingReq{PingReq: &livekit.Ping{Timestamp: now}}})
		}
	}
}

func (r *room) send(request *livekit.SignalRequest) {
	bytes, err := proto.Marshal(request)
	if err != nil {
		r.fail(err)
		return
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	if err := r.socket.WriteMessage(websocket.BinaryMessage, bytes); err != nil {
		r.fail(err)
	}
}

func (r *room) fail(err error) {
	select {
	case r.failed <- err:
	default:
	}
}

func (r *room) close() {
	close(r.left)
	r.send(&livekit.SignalRequest{Message: &livekit.SignalRequest_Leave{Leave: &livekit.LeaveRequest{
		Reason: livekit.DisconnectReason_CLIENT_INITIATED,
	}}})
	for _, connection := range []*webrtc.PeerConnection{r.publisher, r.listener} {
		if connection != nil {
			// What does not close is closed with the process: the bench ends it after each measurement.
			_ = connection.Close()
		}
	}
	_ = r.socket.Close()
}
