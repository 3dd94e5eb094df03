/** Keeps libwebrtc's log records from crossing into JavaScript, when this module is loaded before @livekit/rtc-node. */
import { silenceNativeLogs } from '../../agent/patches/native-logs.ts';

silenceNativeLogs();
