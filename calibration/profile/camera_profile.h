// calibration/profile/camera_profile.h - what calibration found out about a camera: one YAML file.
#pragma once

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aaa/controller_params.h"
#include "camera/lens_map.h"
#include "camera/sensor_response.h"
#include "isp/frame.h"
#include "isp/pipeline_params.h"
#include "models/runtime/overwrite.h"

namespace argent {

/// Shot and read noise at a gain.
struct NoisePoint {
  float analogue_gain = 1;
  NoiseModel noise;
};

/// The light that a picture of known settings was taken in: lux = lux x (exposure, gain and level, relative to these).
struct LuxReference {
  float lux = 0;
  float exposure_us = 0, analogue_gain = 1, aperture = 1;
  float level = 0;  ///< mean luma, 0..1
};

/// Everything is optional but the schema version: a profile says what it knows. isp, aaa and camera never see a profile: each
/// gets its own params, which live here as members (their tables too: isp.shading, isp.corrections, aaa.white_balance.prior and .modes).
struct CameraProfile {
  static constexpr int kSchemaVersion = 1;

  std::string name;                                  ///< of the camera, for people
  std::optional<Size> native_size;                   ///< of the sensor's active array
  std::optional<std::array<float, 4>> black, white;  ///< codes, sites as in SensorInfo
  std::vector<ColorMatrix> matrices;                 ///< xyz_to_camera by rising cct
  std::string dcp;                                   ///< a DNG camera profile's file, beside this one; empty: none. Not with matrices
  std::shared_ptr<const DngProfile> color;           ///< what load_profile() found in it
  std::vector<NoisePoint> noise;                     ///< by rising gain
  std::optional<LuxReference> lux_reference;         ///< all positive
  std::vector<LensMap::Point> lens_map;              ///< by rising dioptres; empty: not calibrated
  std::optional<SettingsDelays> delays;              ///< frames
  std::vector<GainTable::Point> gain_table;          ///< by rising asked; empty: gains are what they are called
  PipelineParams isp;                                ///< output and threads are not a profile's: left at their defaults
  ControllerParams aaa;
};

/// Throws Error with file, path, value and bound. Unknown keys name the nearest known one. load_profile() also loads the files that
/// awb.weights and dcp name, beside the profile.
CameraProfile load_profile(const std::filesystem::path& path);
CameraProfile parse_profile(std::string_view yaml, std::string_view source);
/// kChanged: of the described parameters those that are not at their defaults. Tables are there in any case.
enum class ProfileFields { kAll, kChanged };
std::string write_profile(const CameraProfile& profile, ProfileFields fields = ProfileFields::kAll);
/// Written to a temporary beside `path` and renamed. Throws Error when the profile is wrong (see check), when the file exists
/// (Overwrite::kNo) or can't be written.
void save_profile(const CameraProfile& profile, const std::filesystem::path& path, Overwrite overwrite = Overwrite::kNo);

/// Tables: rising cct, gain and lux, what LensMap and GainTable ask for, sizes that agree, finite numbers, mesh gains >= 1, regular
/// matrices; white above black; ranges.
void check(const CameraProfile& profile, std::string_view source);

/// Levels, matrices or the DCP, and noise (at the frame's gain, interpolated in log gain) of the profile replace those of the frame.
void apply(const CameraProfile& profile, RawFrame& frame);

}  // namespace argent
