#include <algorithm>

#include "samples/live/window_sink.h"

namespace argent {
namespace {

constexpr int kEscape = 27;
constexpr float kThird = 1.0f / 3, kMostEv = 8;

void add_ev(LiveControl& control, float step) {
  control.change([step](Request& r) { r.exposure_value = std::clamp(r.exposure_value + step, -kMostEv, kMostEv); });
}

}  // namespace

bool press_key(int key, LiveControl& control) {
  switch (key) {
    case 'q':
    case kEscape:
      return true;
    case 's':
      control.ask({.kind = CaptureJob::Kind::kStill, .format = StillFormat::kJpeg, .frames = 1, .brackets = {}});
      break;
    case 'd':
      control.ask({.kind = CaptureJob::Kind::kStill, .format = StillFormat::kDng, .frames = 1, .brackets = {}});
      break;
    case 'b':
      control.ask({.kind = CaptureJob::Kind::kBracket, .format = StillFormat::kDng, .frames = 3, .brackets = {-2, 0, 2}});
      break;
    case '+':
      add_ev(control, kThird);
      break;
    case '-':
      add_ev(control, -kThird);
      break;
    case '0':
      control.change([](Request& r) { r.exposure_value = 0; });
      break;
    case 'l':
      control.change([](Request& r) { r.ae_locked = r.awb_locked = !r.ae_locked; });
      break;
    case 'f':
      control.change([](Request& r) { r.af_trigger = AfTrigger::kStart; });
      break;
    default:
      break;
  }
  return false;
}

}  // namespace argent
