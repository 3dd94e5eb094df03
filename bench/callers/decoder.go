package main

/*
#cgo pkg-config: opus
#include <opus.h>
*/
import "C"

import "fmt"

const (
	decodedRate = 16000
	// The longest packet that Opus knows is 120 ms.
	longestPacket = decodedRate * 120 / 1000
)

// decoder turns packets of one track into sound, to tell speech from silence.
type decoder struct {
	state   *C.OpusDecoder
	samples [longestPacket]C.opus_int16
}

func newDecoder() *decoder {
	var code C.int
	state := C.opus_decoder_create(decodedRate, 1, &code)
	if code != C.OPUS_OK {
		panic(fmt.Sprintf("no Opus decoder: %s", C.GoString(C.opus_strerror(code))))
	}
	return &decoder{state: state}
}

// loudness is the largest sample, 0 for what cannot be decoded.
func (d *decoder) loudness(payload []byte) int {
	count := C.opus_decode(d.state, (*C.uchar)(&payload[0]), C.opus_int32(len(payload)), &d.samples[0], longestPacket, 0)
	loudest := 0
	for at := 0; at < int(count); at++ {
		loudest = max(loudest, int(d.samples[at]), -int(d.samples[at]))
	}
	return loudest
}

func (d *decoder) close() {
	C.opus_decoder_destroy(d.state)
}
