#include "samples/live/live_source.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>

#include "calibration/contest/contest.h"
#include "calibration/profile/raspberry_pi_tuning.h"
#include "camera/recorded_camera.h"
#include "camera/ring_camera.h"
#include "camera/simulation/simulated_camera.h"
#include "models/runtime/error.h"
#ifdef ARGENT_HAS_LIBCAMERA
#include "samples/live/machine_camera.h"
#endif
#include "samples/live/recording.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSimulation = "sim", kRing = "ring:";
constexpr std::size_t kRingFrames = 64;  // of 1080p: 250 MB

bool is_simulation(const std::string& camera) { return camera == kSimulation || camera.starts_with("sim:"); }

void choose_format(const std::string& format, SensorParams& sensor) {
  const std::string plain = "SRGGB" + std::to_string(sensor.bits), packed = plain + "_CSI2P";
  if (format != plain && format != packed) throw Error("--format " + format + ": this simulated camera has " + plain + " and " + packed);
  sensor.packed = format == packed;
}

LiveSource open_simulation(const LiveSourceOptions& options) {
  const std::string file = options.camera.substr(std::min(options.camera.size(), kSimulation.size() + 1));
  Scenario scenario = file.empty() ? Scenario() : load_scenario(file);
  scenario.frames = std::numeric_limits<int>::max();  // a camera has no end
  if (options.size) scenario.sensor.size = *options.size;
  if (options.fps > 0) scenario.sensor.frame_rate = static_cast<float>(options.fps);
  if (!options.format.empty()) choose_format(options.format, scenario.sensor);
  if (options.longest_frame.count() > 0) scenario.sensor.max_frame_duration = static_cast<float>(options.longest_frame.count() * 1e-6);
  auto camera = std::make_unique<SimulatedCamera>(scenario);
  LiveSource source;
  source.longest_frame = Microseconds(1e6 * std::max(1 / scenario.sensor.frame_rate, scenario.sensor.max_frame_duration));
  if (options.tuning.empty()) {
    source.profile.name = scenario.name;
    source.profile.isp.shading = {camera->shading()};
    source.profile.aaa = facts_of(scenario, {});
  } else {
    source.profile = load_tuning(options.tuning);
  }
  source.camera = std::move(camera);
  return source;
}

LiveSource open_recording(const LiveSourceOptions& options, const std::string& folder) {
  if (options.size) throw Error("--size: a recording has the size it was made with");
  if (!options.format.empty()) throw Error("--format: a recording has the form it was made in");
  LiveSource source;
  source.camera = std::make_unique<RecordedCamera>(folder);
  const fs::path own = recorded_profile(folder);
  if (!options.tuning.empty()) {
    source.profile = load_tuning(options.tuning);
  } else if (fs::exists(own)) {
    source.profile = load_profile(own);
  }
  return source;
}

LiveSource open_ring(const LiveSourceOptions& options) {
  LiveSource source = open_recording(options, options.camera.substr(kRing.size()));
  source.camera = std::make_unique<RingCamera>(*source.camera, kRingFrames);
  return source;
}

}  // namespace

CameraProfile load_tuning(const fs::path& path) {
  return path.extension() == ".json" ? load_raspberry_pi_tuning(path).camera : load_profile(path);
}

bool plays_recording(const std::string& camera) {
  return !is_simulation(camera) && (camera.starts_with(kRing) || fs::is_directory(camera));
}

LiveSource open_camera(const LiveSourceOptions& options) {
  if (is_simulation(options.camera)) return open_simulation(options);
  if (options.camera.starts_with(kRing)) return open_ring(options);
  if (fs::is_directory(options.camera)) return open_recording(options, options.camera);
#ifdef ARGENT_HAS_LIBCAMERA
  return open_machine_camera(options);
#else
  throw Error("--camera " + options.camera + ": neither sim, sim:SCENARIO.yaml nor a recording's folder; this build has no libcamera");
#endif
}

}  // namespace argent
