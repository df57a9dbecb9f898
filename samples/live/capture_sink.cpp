#include "samples/live/capture_sink.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <utility>

#include "isp/io/dng_writer.h"
#include "isp/io/image_file.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr Microseconds kShortest{30};  // what sensors can do, roughly; as AutoExposureParams has it
constexpr double kBlanking = 0.02;     // of a frame, that the sensor keeps for itself

/// A still has all of the sensor's pixels, whatever the stream is scaled to.
PipelineParams still_params(PipelineParams params) {
  params.output.fit = {};
  params.output.scale = 1;
  return params;
}

std::string local_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  char text[32];
  return localtime_r(&now, &parts) != nullptr && std::strftime(text, sizeof text, "%Y:%m:%d %H:%M:%S", &parts) > 0 ? text : "";
}

/// The same pixels with the time of day.
RawFrame dated(const RawFrame& frame) {
  RawFrame out = share(frame);
  if (out.capture.time.empty()) out.capture.time = local_time();
  return out;
}

const char* kind_name(CaptureJob::Kind kind) {
  return kind == CaptureJob::Kind::kStill ? "still" : kind == CaptureJob::Kind::kBurst ? "burst" : "bracket";
}

/// "still-007.jpg", "burst-007-01.dng": 7. 0: the name has no such number.
int number_in(std::string_view name) {
  constexpr int kMost = 999'999;  // what is beyond is nobody's count
  for (const std::string_view kind : {"still-", "burst-", "bracket-"}) {
    if (!name.starts_with(kind)) continue;
    int number = 0;
    const auto [end, error] = std::from_chars(name.data() + kind.size(), name.data() + name.size(), number);
    return error == std::errc() && number > 0 && number <= kMost ? number : 0;
  }
  return 0;
}

std::string numbered(const char* format, int number) {
  char text[32];
  std::snprintf(text, sizeof text, format, number);
  return text;
}

}  // namespace

BracketBase bracket_base(const Decision& decision) {
  BracketBase base{decision.controls.sensor, decision.controls.digital_gain};
  const double wanted = decision.trace.exposure.wanted_total;
  const double asked = base.settings.exposure.count() * static_cast<double>(base.settings.analogue_gain);
  if (!(wanted > 0) || !(asked > 0)) return base;  // manual, locked, or an exposure that isn't known
  const double excess = asked / wanted;
  if (excess > 1) base.settings.exposure /= excess;
  base.digital_gain = static_cast<float>(std::max(1.0, 1 / excess));
  return base;
}

std::vector<SensorSettings> bracket_settings(const SensorSettings& base, std::span<const float> evs, Microseconds longest) {
  std::vector<SensorSettings> out;
  for (const float ev : evs) {
    SensorSettings step = base;
    const double total = base.exposure.count() * static_cast<double>(base.analogue_gain) * std::exp2(static_cast<double>(ev));
    double time = base.exposure.count() * std::exp2(static_cast<double>(ev));
    if (longest.count() > 0) time = std::min(time, longest.count());
    time = std::max(time, kShortest.count());
    step.exposure = Microseconds(std::min(time, total));  // the gain is at least 1
    step.analogue_gain = static_cast<float>(total / step.exposure.count());
    out.push_back(step);
  }
  return out;
}

CaptureSink::CaptureSink(LiveControl& control, PipelineParams params, Options options)
    : control_(control), options_(std::move(options)), pipeline_(still_params(std::move(params))), queue_(options_.depth) {
  std::error_code error;
  fs::create_directories(options_.folder, error);
  if (error) throw Error(options_.folder.string() + ": " + error.message());
}

int CaptureSink::free_number() const {
  int last = last_number_;
  std::error_code error;
  for (fs::directory_iterator entry(options_.folder, error), end; !error && entry != end; entry.increment(error))
    last = std::max(last, number_in(entry->path().filename().string()));
  if (error) throw Error(options_.folder.string() + ": " + error.message());
  return last + 1;
}

void CaptureSink::begin(const LiveFrame& frame) {
  for (CaptureJob& job : control_.take_jobs()) waiting_.push_back(std::move(job));
  while (!busy() && !waiting_.empty()) {
    active_ = {};
    active_.number = free_number();
    active_.job = std::move(waiting_.front());
    waiting_.erase(waiting_.begin());
    last_number_ = active_.number;
    switch (active_.job.kind) {
      case CaptureJob::Kind::kStill:
        active_.frames = 1;
        break;
      case CaptureJob::Kind::kBurst:
        active_.frames = active_.job.frames;
        break;
      case CaptureJob::Kind::kBracket:
        begin_bracket(frame);
        break;
    }
  }
}

void CaptureSink::begin_bracket(const LiveFrame& frame) {
  const Request& request = *frame.request;
  const Applied& applied = frame.statistics->applied;
  const Microseconds longest = request.max_frame_duration.count() > 0 ? request.max_frame_duration : applied.frame_duration;
  const BracketBase base = bracket_base(*frame.decision);
  const auto steps = bracket_settings(base.settings, active_.job.brackets, longest * (1 - kBlanking));
  try {
    options_.ask_bracket(steps);
    active_.frames = static_cast<int>(steps.size());
    active_.digital_gain = base.digital_gain;
    active_.taken.assign(steps.size(), false);
    active_.patience = kBracketPatience;
  } catch (const std::exception& error) {
    options_.message(std::string("bracket: ") + error.what());
  }
}

/// A camera may show a step in more than one frame: the first is taken.
bool CaptureSink::is_new_step(const LiveFrame& frame) {
  const auto step = static_cast<std::size_t>(frame.bracket_step);
  if (frame.bracket_step < 0 || step >= active_.taken.size() || active_.taken[step]) return false;
  active_.patience = kBracketPatience;
  active_.taken[step] = true;
  return true;
}

void CaptureSink::wait_for_step() {
  if (--active_.patience > 0) return;
  options_.message(numbered("bracket-%03d", active_.number) + ": given up, " + std::to_string(active_.frames) +
                   " of its frames did not come");
  active_.frames = 0;
}

void CaptureSink::take(const LiveFrame& frame) {
  if (!busy()) begin(frame);
  if (!busy()) return;
  const CaptureJob::Kind kind = active_.job.kind;
  if (kind == CaptureJob::Kind::kBracket && !is_new_step(frame)) return wait_for_step();
  std::string name = kind_name(kind) + numbered("-%03d", active_.number);
  if (kind == CaptureJob::Kind::kBracket) name += numbered("-%d", frame.bracket_step + 1);
  if (kind == CaptureJob::Kind::kBurst) name += numbered("-%02d", active_.job.frames - active_.frames + 1);
  save(frame, name);
}

void CaptureSink::save(const LiveFrame& frame, const std::string& name) {
  active_.frames--;
  const bool bracket = active_.job.kind == CaptureJob::Kind::kBracket;
  const float digital_gain = bracket ? active_.digital_gain : frame.decision->controls.digital_gain;
  const fs::path path = options_.folder / (name + (active_.job.format == StillFormat::kDng ? ".dng" : ".jpg"));
  LiveFrame kept = frame;
  kept.picture.reset();
  kept.raw = std::make_shared<const RawFrame>(copied(*frame.raw, pool_));
  BackgroundQueue::Job job = [this, kept = std::move(kept), path, digital_gain] { write(kept, path, digital_gain); };
  if (options_.wait) {
    queue_.put(std::move(job));
  } else if (!queue_.offer(std::move(job))) {
    dropped_++;
    options_.message(path.string() + ": left out, the disk or the processor is too slow");
  }
}

void CaptureSink::write(const LiveFrame& frame, const fs::path& path, float digital_gain) const {
  try {
    const RawFrame raw = dated(*frame.raw);
    Controls controls = frame.decision->controls;
    controls.digital_gain = digital_gain;
    if (path.extension() == ".dng") {
      save_dng(raw, path, {.as_shot_gains = controls.colour_gains, .baseline_exposure = std::log2(digital_gain)});
    } else {
      save_image(pipeline_.render(raw, controls), path, {.jpeg_quality = options_.jpeg_quality}, &raw);
    }
    options_.message(path.string());
  } catch (const std::exception& error) {
    options_.message(error.what());  // one file less; the next may work
  }
}

void CaptureSink::finish() { queue_.finish(); }

}  // namespace argent
