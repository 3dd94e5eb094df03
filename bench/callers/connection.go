package main

import (
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"
)

// newConnection knows Opus and nothing else, as a telephone's.
func newConnection() (*webrtc.PeerConnection, error) {
	var codecs webrtc.MediaEngine
	opus := webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{
			MimeType: webrtc.MimeTypeOpus, ClockRate: 48000, Channels: 2, SDPFmtpLine: "minptime=10;useinbandfec=1",
		},
		PayloadType: 111,
	}
	if err := codecs.RegisterCodec(opus, webrtc.RTPCodecTypeAudio); err != nil {
		return nil, err
	}
	var reports interceptor.Registry
	if err := webrtc.ConfigureRTCPReports(&reports); err != nil {
		return nil, err
	}
	var local webrtc.SettingEngine
	local.SetIncludeLoopbackCandidate(true)
	local.SetInterfaceFilter(func(name string) bool { return name == "lo" })
	local.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4})
	api := webrtc.NewAPI(
		webrtc.WithMediaEngine(&codecs), webrtc.WithInterceptorRegistry(&reports), webrtc.WithSettingEngine(local),
	)
	return api.NewPeerConnection(webrtc.Configuration{})
}

// drain reads the server's reports, which are looked at only while somebody reads.
func drain(sender *webrtc.RTPSender) {
	buffer := make([]byte, 1500)
	for {
		if _, _, err := sender.Read(buffer); err != nil {
			return
		}
	}
}
