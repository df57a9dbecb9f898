// tests/live_vm/stamp_check.cpp - runs in the guest: does the ledger say what the sensor did? The virtual sensor stamps each frame with
// what made it; this changes exposure, gain and lens all the time and compares.
//
// usage: stamp_check WIDTHxHEIGHT FORMAT FRAMES [KEY=VALUE ...]
#include <algorithm>
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
#include <vector>

#include "camera/live/live_camera.h"
#include "isp/io/mosaic_file.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace {

using namespace argent;

constexpr double kCodeTolerance = 1e-3;

struct Stamp {
  int sequence, exposure, gain, focus;
};

/// Ten pixels, low byte first (tests/live_vm's module, stamp=1).
Stamp stamp_of(const RawFrame& frame) {
  std::vector<std::uint16_t> row(static_cast<std::size_t>(frame.size().width));
  if (frame.packed) {
    unpack_row(frame.packed->format, frame.packed->bytes, frame.size().width, row.data());
  } else {
    std::copy_n(frame.data, row.size(), row.begin());
  }
  const auto word = [&](std::size_t i) { return row[i] | row[i + 1] << 8; };
  return {word(0), word(2), word(4), word(8)};
}

struct Tally {
  int frames = 0, wrong = 0, of_decisions = 0, changes = 0, steps = 0, steps_asked = 0;
  int undecided = 0;         ///< of no decision, or of two, though one had landed before
  bool landed = false;       ///< a decision, since the camera was opened
  LiveCounts left_out = {};  ///< by cameras that were closed
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
  if (frame.applied.decision > 0) {
    tally.of_decisions++;
    tally.landed = true;
  } else if (tally.landed) {
    tally.undecided++;
    std::printf("UNDECIDED frame %d: sequence %llu\n", tally.frames, static_cast<unsigned long long>(frame.applied.sequence));
  }
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

void add(LiveCounts& sum, const LiveCounts& counts) {
  sum.broken += counts.broken;
  sum.missed += counts.missed;
  sum.dropped += counts.dropped;
  sum.unknown += counts.unknown;
}

/// A camera that was unplugged is opened again as soon as it is back; its frames are counted anew.
std::optional<RawFrame> next_or_reopened(std::optional<LiveCamera>& camera, const LiveCameraOptions& options, Tally& tally) {
  constexpr int kAttempts = 100;
  try {
    return camera->next();
  } catch (const Error& error) {
    std::printf("gone: %s\n", error.what());
    std::fflush(stdout);
  }
  add(tally.left_out, camera->counts());
  tally.landed = false;
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

/// The exit status. Frames whose settings aren't known, or are of no one decision, are failures like those whose settings are wrong;
/// `unsure` percent of them may be, where the machine is too late for the sensor.
int verdict(const Tally& tally, int every, double unsure) {
  const LiveCounts& counts = tally.left_out;
  const auto number = [](std::uint64_t count) { return static_cast<unsigned long long>(count); };
  std::printf(
      "%d frames, %d wrong, %d undecided, %llu unknown; %d changes, %d of decisions; broken %llu, missed %llu, dropped %llu; "
      "steps %d of %d\n",
      tally.frames, tally.wrong, tally.undecided, number(counts.unknown), tally.changes, tally.of_decisions, number(counts.broken),
      number(counts.missed), number(counts.dropped), tally.steps, tally.steps_asked);
  if (tally.steps + 3 < tally.steps_asked) throw Error("steps of brackets are missing");
  if (tally.changes < tally.frames / (4 * every)) throw Error("settings hardly changed: nothing was shown");
  const double share = 100 * double(tally.undecided + static_cast<int>(counts.unknown)) / tally.frames;
  return tally.wrong == 0 && share <= unsure ? 0 : 1;
}

using Choices = std::map<std::string, double>;

Choices choices_from(int argc, char** argv) {
  if (argc < 4)
    throw Error(
        "usage: stamp_check WIDTHxHEIGHT FORMAT FRAMES [every=1] [seed=1] [longest_ms=0] [bracket=0] [work_ms=0] [reopen=0] [unsure=0]");
  Choices choices{{"every", 1}, {"seed", 1}, {"longest_ms", 0}, {"bracket", 0}, {"work_ms", 0}, {"reopen", 0}, {"unsure", 0}};
  for (int i = 4; i < argc; i++) {
    const std::string text = argv[i];
    choices.at(text.substr(0, text.find('='))) = std::atof(text.substr(text.find('=') + 1).c_str());
  }
  return choices;
}

LiveCameraOptions options_from(char** argv, const Choices& choices) {
  LiveCameraOptions options;
  options.size = size_from_text(argv[1]);
  options.format = argv[2];
  options.frames.longest = Microseconds(1e3 * choices.at("longest_ms"));
  options.start = {Microseconds(5000), 2, 3};
  return options;
}

void introduce(const LiveCamera& camera) {
  const CaptureStream& stream = camera.stream();
  std::printf("%dx%d %s stride %zu by %s\n", stream.size.width, stream.size.height, stream.format.c_str(), stream.stride_bytes,
              camera.control_name().c_str());
  for (const std::string& note : camera.notes()) std::printf("note: %s\n", note.c_str());
  std::fflush(stdout);  // who unplugs it waits for this
}

int run(int argc, char** argv) {
  const Choices choices = choices_from(argc, argv);
  const LiveCameraOptions options = options_from(argv, choices);
  const int frames = std::atoi(argv[3]), every = static_cast<int>(choices.at("every")), bracket = static_cast<int>(choices.at("bracket"));
  const bool reopens = choices.at("reopen") > 0;
  std::optional<LiveCamera> camera;
  camera.emplace(options);
  introduce(*camera);
  const LensMap lens = assumed_lens_map(0, 1023);
  std::mt19937 random(static_cast<unsigned>(choices.at("seed")));
  const auto next_drawn = [&] { return drawn(random, camera->limits()); };
  Tally tally;
  std::vector<SensorSettings> steps;
  for (int i = 0; i < frames; i++) {
    const auto frame = reopens ? next_or_reopened(camera, options, tally) : camera->next();
    if (frame->sensor.active != *options.size) throw Error("the frame has another size");
    compare(*frame, lens, tally);
    if (camera->bracket_step() >= 0) check_step(frame->applied, steps.at(static_cast<std::size_t>(camera->bracket_step())), tally);
    try {
      const bool complete = tally.steps == tally.steps_asked;  // else one of its frames was lost, and is on its way again
      if (bracket > 0 && i % bracket == bracket - 1 && complete) {
        steps = {next_drawn(), next_drawn(), next_drawn()};
        camera->apply_bracket(steps);
        tally.steps_asked += 3;
      } else if (i % every == 0) {
        camera->apply(next_drawn());
      }
    } catch (const Error&) {
      if (!reopens) throw;  // else the next frame's turn says the same
    }
    if (choices.at("work_ms") > 0) std::this_thread::sleep_for(std::chrono::duration<double, std::milli>(choices.at("work_ms")));
  }
  add(tally.left_out, camera->counts());
  return verdict(tally, every, choices.at("unsure"));
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
