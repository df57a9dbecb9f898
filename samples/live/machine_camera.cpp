#include "samples/live/machine_camera.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace argent {
namespace {

constexpr std::string_view kOnly = "auto";

}  // namespace

LiveCameraOptions camera_options(const LiveSourceOptions& options, const CameraProfile& profile) {
  LiveCameraOptions camera;
  if (options.camera != kOnly) camera.id = options.camera;
  camera.size = options.size;
  camera.format = options.format;
  if (options.fps > 0) camera.frames.shortest = Microseconds(1e6 / options.fps);
  camera.frames.longest = options.longest_frame;
  if (!profile.lens_map.empty()) camera.lens = LensMap(profile.lens_map);
  camera.delays = profile.delays;
  if (!profile.gain_table.empty()) camera.gains = GainTable(profile.gain_table);
  return camera;
}

void limit(ControllerParams& params, const SensorLimits& limits) {
  AutoExposureParams& exposure = params.exposure;
  const auto microseconds = [](Microseconds time) { return static_cast<float>(time.count()); };
  exposure.min_exposure_us =
      std::clamp(exposure.min_exposure_us, microseconds(limits.shortest_exposure), microseconds(limits.longest_exposure));
  exposure.max_exposure_us = std::clamp(exposure.max_exposure_us, exposure.min_exposure_us, microseconds(limits.longest_exposure));
  exposure.max_analogue_gain = std::min(exposure.max_analogue_gain, limits.most_gain);
  for (FocusRange* range : {&params.focus.normal, &params.focus.macro, &params.focus.full}) {
    range->min = std::clamp(range->min, limits.farthest, limits.nearest);
    range->max = std::clamp(range->max, limits.farthest, limits.nearest);
    range->rest = std::clamp(range->rest, range->min, range->max);
  }
}

LiveSource open_machine_camera(const LiveSourceOptions& options) {
  LiveSource source;
  if (!options.tuning.empty()) source.profile = load_tuning(options.tuning);
  auto camera = std::make_unique<LiveCamera>(camera_options(options, source.profile));
  if (source.profile.name.empty()) source.profile.name = camera->stream().model;
  limit(source.profile.aaa, camera->limits());
  source.longest_frame = camera->limits().longest_frame;
  source.waits = true;
  source.comes_back = true;
  source.notes = camera->notes();
  source.camera = std::move(camera);
  return source;
}

}  // namespace argent
