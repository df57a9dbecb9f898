// tests/live_vm/stamp_check.cpp - runs in the guest: does the ledger say what the sensor did? The virtual sensor stamps each frame with
// what made it; this changes exposure, gain and lens all the time and compares.
//
// usage: stamp_check WIDTHxHEIGHT FORMAT FRAMES [KEY=VALUE ...]
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <thread>

#include "camera/live/live_camera.h"
#include "isp/error.h"
#include "isp/io/mosaic_file.h"

namespace {

using namespace argent;

constexpr double kCodeTolerance = 1e-3;

struct Stamp {
  int sequence, exposure, gain, focus;
};

/// Ten pixels, low byte first (tests/live_vm's module, stamp=1).
Stamp stamp_of(const RawFrame& frame) {
  const auto word = [&](int i) { return frame.data[i] | frame.data[i + 1] << 8; };
  return {word(0), word(2), word(4), word(8)};
}

struct Tally {
  int frames = 0, wrong = 0, of_decisions = 0, changes = 0, steps = 0, steps_asked = 0;
  SensorSettings last;
};

bool agrees(const RawFrame& frame, const LensMap& lens, const Stamp& stamp) {
  const Applied& applied = frame.applied;
  const double lines = applied.settings.exposure / applied.line_time;
  return stamp.sequence == static_cast<int>(applied.sequence & 0xffff) && std::abs(lines - stamp.exposure) < kCodeTolerance &&
         std::abs(double(applied.settings.analogue_gain) * 16 - stamp.gain) < kCodeTolerance &&
         lens.code(applied.settings.lens_position) == stamp.focus;
}

void compare(const RawFrame& frame, const LensMap& lens, Tally& tally) {
  const Stamp stamp = stamp_of(frame);
  tally.frames++;
  if (frame.applied.decision > 0) tally.of_decisions++;
  if (!(frame.applied.settings == tally.last)) tally.changes++;
  tally.last = frame.applied.settings;
  if (agrees(frame, lens, stamp)) return;
  tally.wrong++;
  const SensorSettings& s = frame.applied.settings;
  std::printf("WRONG frame %d: ledger %llu: %.3f lines, gain %.3f/16, lens %d; sensor: %d, %d lines, %d/16, lens %d\n", tally.frames,
              static_cast<unsigned long long>(frame.applied.sequence), s.exposure / frame.applied.line_time, double(s.analogue_gain) * 16,
              lens.code(s.lens_position), stamp.sequence, stamp.exposure, stamp.gain, stamp.focus);
}

/// A step is what was asked, to the line and the code.
void check_step(const Applied& applied, const SensorSettings& asked, Tally& tally) {
  tally.steps++;
  const double lines = (asked.exposure - applied.settings.exposure) / applied.line_time;
  const double codes = 16 * double(asked.analogue_gain - applied.settings.analogue_gain);
  if (lines >= -kCodeTolerance && lines < 1 && codes >= -kCodeTolerance && codes < 1) return;
  tally.wrong++;
  std::printf("WRONG step: %.3f lines and %.3f codes off\n", lines, codes);
}

SensorSettings drawn(std::mt19937& random, const SensorLimits& limits) {
  const auto uniform = [&](double a, double b) { return std::uniform_real_distribution<double>(a, b)(random); };
  SensorSettings settings;
  settings.exposure = Microseconds(uniform(limits.shortest_exposure.count(), limits.longest_exposure.count()));
  settings.analogue_gain = static_cast<float>(uniform(double(limits.least_gain), double(limits.most_gain)));
  settings.lens_position = static_cast<float>(uniform(double(limits.farthest), double(limits.nearest)));
  return settings;
}

/// A camera that was unplugged is opened again as soon as it is back; its frames are counted anew.
std::optional<RawFrame> next_or_reopened(std::optional<LiveCamera>& camera, const LiveCameraOptions& options) {
  constexpr int kAttempts = 100;
  try {
    return camera->next();
  } catch (const Error& error) {
    std::printf("gone: %s\n", error.what());
  }
  camera.reset();
  for (int attempt = 0; attempt < kAttempts; attempt++) {
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    try {
      camera.emplace(options);
      std::printf("back after %d attempts\n", attempt + 1);
      return camera->next();
    } catch (const Error& error) {
      if (attempt == 0) std::printf("not back: %s\n", error.what());
    }
  }
  throw Error("the camera did not come back");
}

int run(int argc, char** argv) {
  if (argc < 4)
    throw Error("usage: stamp_check WIDTHxHEIGHT FORMAT FRAMES [every=1] [seed=1] [longest_ms=0] [bracket=0] [work_ms=0] [reopen=0]");
  std::map<std::string, double> choices{{"every", 1}, {"seed", 1}, {"longest_ms", 0}, {"bracket", 0}, {"work_ms", 0}, {"reopen", 0}};
  for (int i = 4; i < argc; i++) {
    const std::string text = argv[i];
    choices.at(text.substr(0, text.find('='))) = std::atof(text.substr(text.find('=') + 1).c_str());
  }
  LiveCameraOptions options;
  options.size = size_from_text(argv[1]);
  options.format = argv[2];
  options.frames.longest = Microseconds(1e3 * choices["longest_ms"]);
  options.start = {Microseconds(5000), 2, 3};
  const int frames = std::atoi(argv[3]), every = static_cast<int>(choices["every"]), bracket = static_cast<int>(choices["bracket"]);
  std::optional<LiveCamera> opened;
  opened.emplace(options);
  LiveCamera& camera = *opened;
  std::printf("%s %s stride %zu by %s\n", argv[1], camera.stream().format.c_str(), camera.stream().stride_bytes,
              camera.control_name().c_str());
  for (const std::string& note : camera.notes()) std::printf("note: %s\n", note.c_str());
  const LensMap lens = assumed_lens_map(0, 1023);
  std::mt19937 random(static_cast<unsigned>(choices["seed"]));
  Tally tally;
  std::vector<SensorSettings> steps;
  for (int i = 0; i < frames; i++) {
    const auto frame = choices["reopen"] > 0 ? next_or_reopened(opened, options) : camera.next();
    if (frame->sensor.active != *options.size) throw Error("the frame has another size");
    compare(*frame, lens, tally);
    if (camera.bracket_step() >= 0) check_step(frame->applied, steps.at(static_cast<std::size_t>(camera.bracket_step())), tally);
    if (bracket > 0 && i % bracket == bracket - 1) {
      steps = {drawn(random, camera.limits()), drawn(random, camera.limits()), drawn(random, camera.limits())};
      camera.apply_bracket(steps);
      tally.steps_asked += 3;
    } else if (i % every == 0) {
      camera.apply(drawn(random, camera.limits()));
    }
    if (choices["work_ms"] > 0) std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(choices["work_ms"]));
  }
  const LiveCounts& counts = camera.counts();
  std::printf("%d frames, %d wrong, %d changes, %d of decisions; broken %llu, missed %llu, dropped %llu, unknown %llu; steps %d of %d\n",
              tally.frames, tally.wrong, tally.changes, tally.of_decisions, static_cast<unsigned long long>(counts.broken),
              static_cast<unsigned long long>(counts.missed), static_cast<unsigned long long>(counts.dropped),
              static_cast<unsigned long long>(counts.unknown), tally.steps, tally.steps_asked);
  if (tally.steps + 3 < tally.steps_asked) throw Error("steps of brackets are missing");
  if (tally.changes < tally.frames / (4 * every)) throw Error("settings hardly changed: nothing was shown");
  return tally.wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "stamp_check: %s\n", error.what());
    return 2;
  }
}
