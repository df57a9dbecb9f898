// Checks that the guest's camera is the sensor that its README describes: every claim made with its stamps, its blur and its flicker
// stands on that. Runs in the guest; a line a check, exit status 1 if one fails.
#include <sys/mman.h>

#include <cmath>
#include <cstdio>
#include <exception>
#include <functional>
#include <map>
#include <numbers>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/live_vm/virtual_sensor.h"

namespace argent {
namespace {

using Frame = VirtualSensor::Frame;

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

/// Mean of the green codes of a row, above black; the stamp left out.
double row_mean(const Frame& frame, int y) {
  double sum = 0;
  int count = 0;
  for (int x = 10 + (y + 1) % 2; x < VirtualSensor::kWidth; x += 2, ++count) {
    sum += frame.codes[std::size_t(y) * VirtualSensor::kWidth + std::size_t(x)] - VirtualSensor::kBlack;
  }
  return sum / count;
}

double mean(const Frame& frame) {
  double sum = 0;
  for (int y = 0; y < VirtualSensor::kHeight; ++y) sum += row_mean(frame, y);
  return sum / VirtualSensor::kHeight;
}

/// Sum of squared differences of greens two apart, in the texture of the third quarter.
double contrast(const Frame& frame) {
  double sum = 0;
  for (int y = VirtualSensor::kHeight * 17 / 32; y < VirtualSensor::kHeight * 23 / 32; ++y) {
    const auto row = frame.codes.subspan(std::size_t(y) * VirtualSensor::kWidth, VirtualSensor::kWidth);
    for (std::size_t x = 100 + std::size_t(y + 1) % 2; x < 540; x += 2) sum += std::pow(double(row[x + 2]) - row[x], 2);
  }
  return sum;
}

/// Written while frame n is exposed, exposure is in n + 2, gain and focus in n + 1: by the stamps of 300 frames with new settings each.
std::string check_latencies() {
  VirtualSensor sensor;
  std::mt19937 random(7);
  std::map<std::uint32_t, std::uint32_t> exposure, gain, focus;  // by the frame from which on it is in force
  const auto in_force = [](const auto& history, std::uint32_t sequence) { return std::prev(history.upper_bound(sequence))->second; };
  int gaps = 0, compared = 0;
  std::uint32_t expected_sequence = 0;
  for (int i = 0; i < 300; ++i) {
    const Frame frame = sensor.next();
    const SensorStamp stamp = frame.stamp();
    gaps += int(frame.sequence - expected_sequence);
    expected_sequence = frame.sequence + 1;
    require(stamp.sequence == frame.sequence, "the stamp is another frame's");
    if (i >= 3) {
      require(stamp.exposure == in_force(exposure, frame.sequence), "exposure of frame " + std::to_string(frame.sequence));
      require(stamp.analogue_gain == in_force(gain, frame.sequence), "gain of frame " + std::to_string(frame.sequence));
      require(stamp.focus == in_force(focus, frame.sequence), "focus of frame " + std::to_string(frame.sequence));
      ++compared;
    }
    const int lines = int(100 + random() % 800), code = int(16 + random() % 240), position = int(random() % 1024);
    sensor.expose(lines, code);
    sensor.focus(position);
    exposure[frame.sequence + 2] = std::uint32_t(lines);
    gain[frame.sequence + 1] = std::uint32_t(code);
    focus[frame.sequence + 1] = std::uint32_t(position);
  }
  return std::to_string(compared) + " stamps as written, " + std::to_string(gaps) + " frames lost";
}

/// The sensor is linear: an exposure computed from one frame meets the target in the first frame that shows it, after a 10x darker step.
std::string check_exposure_loop() {
  constexpr double kTarget = 60;
  VirtualSensor sensor;
  sensor.focus(400);
  double product = 100 * 16;
  const auto correct = [&](double seen) {
    product *= kTarget / seen;
    const int lines = std::min(996, int(std::lround(product / 16)));
    sensor.expose(lines, int(std::lround(product / lines)));
    return mean(sensor.skip(3));
  };
  sensor.expose(100, 16);
  double seen = mean(sensor.skip(4));
  for (int i = 0; i < 2; ++i) seen = correct(seen);
  require(std::abs(seen / kTarget - 1) < 0.03, "no exposure before the step: " + std::to_string(seen));
  set_parameter("light", 26);
  seen = mean(sensor.skip(3));
  require(seen < 0.2 * kTarget, "the light did not change: " + std::to_string(seen));
  int corrections = 0;
  for (; std::abs(seen / kTarget - 1) > 0.03 && corrections < 4; ++corrections) seen = correct(seen);
  set_parameter("light", 256);
  require(std::abs(seen / kTarget - 1) < 0.03, "exposure does not converge: " + std::to_string(seen));
  return "within 3 % after " + std::to_string(corrections) + " corrections";
}

/// Around focus_best each code makes a picture of its own: contrast rises with every one up to it and falls with every one behind it. The
/// box's side lobes are farther out, and low.
std::string check_focus() {
  constexpr int kBest = 400, kLobe = 112, kFar = 300;
  set_parameter("noise", 0);
  VirtualSensor sensor;
  sensor.expose(400, 16);
  sensor.skip(3);
  std::map<int, double> curve;
  const auto visit = [&](int code) {
    sensor.focus(code);
    return curve[code] = contrast(sensor.skip(2));
  };
  for (int code = kBest - kLobe; code <= kBest + kLobe; code += std::abs(code - kBest) < 16 || code == kBest - 16 ? 1 : 16) visit(code);
  const double far = std::max(visit(kBest - kFar), visit(kBest + kFar)) / curve[kBest];
  set_parameter("noise", 1);
  require(far < 0.2, "contrast far from the best is " + std::to_string(far) + " of it");
  for (auto here = curve.upper_bound(kBest - kFar), next = std::next(here); next->first < kBest + kFar; ++here, ++next) {
    const bool right = next->first <= kBest ? next->second > here->second : next->second < here->second;
    require(right, "contrast does not follow the lens from " + std::to_string(here->first) + " to " + std::to_string(next->first));
  }
  char text[100];
  std::snprintf(text, sizeof text, "contrast against the best at 8, 48, 300 codes from it: %.4f, %.3f, %.3f",
                curve[kBest - 8] / curve[kBest], curve[kBest - 48] / curve[kBest], far);
  return text;
}

double flicker_factor(double frequency, double depth, double start, double exposure) {
  const double omega = 2 * std::numbers::pi * frequency;
  return 1 + depth * (std::sin(omega * (start + exposure)) - std::sin(omega * start)) / (omega * exposure);
}

/// Largest error of the ratio of two successive frames' rows against the flicker that the parameters describe, over `frames` pairs.
double flicker_error(VirtualSensor& sensor, double frequency, double depth, int lines, int frames) {
  sensor.expose(lines, 64);
  std::vector<double> before(VirtualSensor::kHeight);
  double worst = 0;
  std::uint32_t last = 0;
  sensor.skip(3);
  for (int i = 0; i <= frames; ++i) {
    const Frame frame = sensor.next();
    for (int y = 0; y < VirtualSensor::kHeight; ++y) {
      const auto factor = [&](std::uint32_t sequence) {
        return flicker_factor(frequency, depth, sequence * VirtualSensor::kFrameTime + y * VirtualSensor::kLineTime,
                              lines * VirtualSensor::kLineTime);
      };
      const double seen = row_mean(frame, y), expected = factor(frame.sequence) / factor(last);
      if (i > 0 && before[std::size_t(y)] > 60) worst = std::max(worst, std::abs(seen / before[std::size_t(y)] / expected - 1));
      before[std::size_t(y)] = seen;
    }
    last = frame.sequence;
  }
  return worst;
}

std::string check_flicker() {
  set_parameter("noise", 0);
  VirtualSensor sensor;
  std::string text;
  // light that is steady; bands of 100 Hz and of 120 Hz in a short exposure; 100 Hz again over one whole period
  for (const auto& [frequency, percent, lines] : {std::array{100, 0, 75}, {100, 40, 75}, {120, 40, 75}, {100, 40, 300}}) {
    set_parameter("flicker_hz", frequency);
    set_parameter("flicker_percent", percent);
    const double error = flicker_error(sensor, frequency, percent / 100.0, lines, 6);
    require(error < 0.02, "rows are " + std::to_string(error) + " off the flicker of " + std::to_string(frequency) + " Hz");
    text += std::to_string(frequency) + " Hz " + std::to_string(percent) + " %: " + std::to_string(error).substr(0, 6) + "; ";
  }
  set_parameter("flicker_hz", 0);
  set_parameter("noise", 1);
  return "largest error of a row: " + text;
}

std::string check_error_frames() {
  set_parameter("error_every", 3);
  VirtualSensor sensor;
  int errors = 0;
  for (int i = 0; i < 12; ++i) {
    const Frame frame = sensor.next();
    require(frame.error == (frame.sequence % 3 == 2), "frame " + std::to_string(frame.sequence) + " has the wrong flag");
    errors += frame.error;
  }
  set_parameter("error_every", 0);
  return std::to_string(errors) + " of 12 frames with the error flag";
}

/// Unplugged while it streams: the stream ends in ENODEV, not in a hanging or a kernel's fault. Plugged in again, there is a camera.
std::string check_unplugging() {
  const std::string driver = "/sys/bus/platform/drivers/vcam/";
  bool gone = false;
  {
    VirtualSensor sensor;
    sensor.skip(5);
    write_sysfs(driver + "unbind", "vcam");
    try {
      sensor.skip(8);
    } catch (const Unplugged&) {
      gone = true;
    }
  }
  write_sysfs(driver + "bind", "vcam");
  require(gone, "the camera streams on without its device");
  VirtualSensor sensor;
  require(sensor.skip(5).sequence >= 4, "no frames after plugging in");
  return "the stream ends, and starts again when it is back";
}

int run() {
  const std::vector<std::pair<const char*, std::function<std::string()>>> checks = {
      {"latencies", check_latencies}, {"exposure loop", check_exposure_loop}, {"focus", check_focus},
      {"flicker", check_flicker},     {"error frames", check_error_frames},   {"unplugging", check_unplugging}};
  int failed = 0;
  for (const auto& [name, check] : checks) {
    try {
      const std::string result = check();
      std::printf("ok    %s: %s\n", name, result.c_str());
    } catch (const std::exception& error) {
      ++failed;
      std::printf("FAIL  %s: %s\n", name, error.what());
    }
    std::fflush(stdout);
  }
  return failed > 0;
}

}  // namespace
}  // namespace argent

int main() {
  // A page of a library that comes late from the host's disk would make a control late by a frame.
  if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0) {
    std::perror("mlockall");
    return 1;
  }
  return argent::run();
}
