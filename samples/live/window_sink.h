// samples/live/window_sink.h - the picture in a window, and the keys.
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "samples/live/live_control.h"
#include "samples/live/queued_sink.h"

namespace argent {

/// Keys: q or Escape end, s a JPEG still, d a DNG, b a bracket of -2 0 +2 EV, + and - change ExposureValue by a third, 0 resets it,
/// l locks and unlocks exposure and white balance, f starts autofocus (of mode auto).
inline constexpr const char* kWindowKeys =
    "q or Escape ends, s still, d DNG, b bracket -2 0 +2, + - 0 exposure value, l locks exposure and balance, f autofocus";

/// What a key does. True: it ends the program.
bool press_key(int key, LiveControl& control);

/// Shows the picture from its own thread, dropping what comes too fast. OpenCV's highgui.
class WindowWriter : public FrameWriter {
 public:
  /// `stop` is set when the user ends it. Throws Error: there is no display.
  WindowWriter(LiveControl& control, std::atomic<bool>& stop);

  std::string name() const override { return "window"; }
  bool wants_picture() const override { return true; }
  bool wants_raw() const override { return false; }
  void write(const LiveFrame& frame) override;
  void finish() override;

 private:
  LiveControl& control_;
  std::atomic<bool>& stop_;
  bool open_ = false;
};

}  // namespace argent
