#include "calibration/profile/camera_profile.h"

// The mirror of profile_reader.cpp.

#include <array>
#include <span>

#include "calibration/profile/awb_modes.h"
#include "isp/io/params_yaml.h"
#include "isp/io/yaml_document.h"

namespace argent {
namespace {

std::string number(float value) { return text_of({"", &value, {}}); }

/// "[1, 2, 3]"
std::string numbers(std::span<const float> values) {
  std::string list = "[";
  for (std::size_t i = 0; i < values.size(); i++) list += (i == 0 ? "" : ", ") + number(values[i]);
  return list + "]";
}

/// Like numbers(), a mesh's row a line.
std::string mesh(const std::vector<float>& gains, int columns) {
  std::string list = "[";
  for (std::size_t i = 0; i < gains.size(); i++) {
    const bool wraps = columns > 0 && i % static_cast<std::size_t>(columns) == 0;
    list += (i == 0 ? "" : ",") + std::string(wraps ? "\n      " : " ") + number(gains[i]);
  }
  return list + "]";
}

std::string levels(const std::array<float, 4>& levels) {
  const bool equal = levels[0] == levels[1] && levels[0] == levels[2] && levels[0] == levels[3];
  return equal ? number(levels[0]) : numbers(levels);
}

std::string head(const CameraProfile& profile) {
  std::string yaml = "argent_profile: " + std::to_string(CameraProfile::kSchemaVersion) + "\n";
  if (!profile.name.empty()) yaml += "name: " + yaml_text(profile.name) + "\n";
  if (!profile.dcp.empty()) yaml += "dcp: " + yaml_text(profile.dcp) + "  # beside this file\n";
  if (profile.native_size) {
    yaml += "native_size: [" + std::to_string(profile.native_size->width) + ", " + std::to_string(profile.native_size->height) + "]\n";
  }
  if (profile.black) yaml += "black: " + levels(*profile.black) + "  # codes; R, G on R's rows, G on B's rows, B\n";
  if (profile.white) yaml += "white: " + levels(*profile.white) + "\n";
  return yaml;
}

std::string matrices(const CameraProfile& profile) {
  std::string yaml = profile.matrices.empty() ? "" : "matrices:\n";
  for (const ColorMatrix& row : profile.matrices)
    yaml += "  - {cct: " + number(row.cct) + ", xyz_to_camera: " + numbers(row.xyz_to_camera) + "}\n";
  return yaml;
}

std::string corrections(const std::vector<ColorCorrection>& rows) {
  std::string yaml = rows.empty() ? "" : "corrections:\n";
  for (const ColorCorrection& row : rows)
    yaml += "  - {cct: " + number(row.cct) + ", camera_to_srgb: " + numbers(row.camera_to_srgb) + "}\n";
  return yaml;
}

std::string curve(const std::vector<CctPoint>& rows) {
  std::string yaml = rows.empty() ? "" : "cct_curve:  # R/G and B/G of white\n";
  for (const CctPoint& row : rows) {
    yaml += "  - {cct: " + number(row.cct) + ", red: " + number(row.red) + ", blue: " + number(row.blue) + "}\n";
  }
  return yaml;
}

/// What Raspberry Pi's search knows beside the curve; defaults are left out.
std::string search(const IlluminantPrior& prior) {
  const IlluminantPrior usual;
  std::string yaml;
  if (prior.transverse_positive != usual.transverse_positive || prior.transverse_negative != usual.transverse_negative) {
    yaml += "transverse: {positive: " + number(prior.transverse_positive) + ", negative: " + number(prior.transverse_negative) +
            "}  # how far off the curve light may lie\n";
  }
  if (!prior.lux_priors.empty()) yaml += "lux_priors:  # log-probability over cct, by the strength of the light\n";
  for (const LuxPrior& row : prior.lux_priors) {
    std::vector<float> flat;
    for (const LuxPrior::Point& point : row.points) flat.insert(flat.end(), {point.cct, point.log_probability});
    yaml += "  - {lux: " + number(row.lux) + ", points: " + numbers(flat) + "}\n";
  }
  return yaml;
}

std::string awb_modes(const AwbModeRanges& modes) {
  const auto usual = named_ranges({}), ours = named_ranges(modes);
  std::string yaml;
  for (std::size_t i = 0; i < ours.size(); i++) {
    const CctRange range = ours[i].range;
    if (range.min == usual[i].range.min && range.max == usual[i].range.max) continue;
    yaml += "  " + std::string(ours[i].name) + ": " + numbers(std::array{range.min, range.max}) + "\n";
  }
  return yaml.empty() ? yaml : "awb_modes:  # kelvin\n" + yaml;
}

std::string lux_reference(const std::optional<LuxReference>& lux) {
  if (!lux) return "";
  return "lux_reference: {lux: " + number(lux->lux) + ", exposure_us: " + number(lux->exposure_us) +
         ", analogue_gain: " + number(lux->analogue_gain) + ", aperture: " + number(lux->aperture) + ", level: " + number(lux->level) +
         "}\n";
}

std::string noise(const std::vector<NoisePoint>& rows) {
  std::string yaml = rows.empty() ? "" : "noise:  # variance of a code at level s is shot * s + read\n";
  for (const NoisePoint& row : rows) {
    yaml += "  - {analogue_gain: " + number(row.analogue_gain) + ", shot: " + number(row.noise.shot) + ", read: " + number(row.noise.read) +
            "}\n";
  }
  return yaml;
}

std::string shading(const std::vector<ShadingMesh>& rows) {
  std::string yaml = rows.empty() ? "" : "shading:\n";
  for (const ShadingMesh& row : rows) {
    yaml += "  - cct: " + number(row.cct) + "\n    columns: " + std::to_string(row.columns) + "\n    rows: " + std::to_string(row.rows) +
            "\n    red: " + mesh(row.gains[0], row.columns) + "\n    green: " + mesh(row.gains[1], row.columns) +
            "\n    blue: " + mesh(row.gains[2], row.columns) + "\n";
  }
  return yaml;
}

std::string bad_pixels(const CameraProfile& profile) {
  std::string yaml = profile.isp.bad_pixels.empty() ? "" : "bad_pixels:  # of native_size\n";
  for (const PixelPlace& place : profile.isp.bad_pixels) {
    const auto pixel = [](float at, int side) { return std::to_string(static_cast<int>(at * static_cast<float>(side))); };
    yaml += "  - {x: " + pixel(place.x, profile.native_size->width) + ", y: " + pixel(place.y, profile.native_size->height) + "}\n";
  }
  return yaml;
}

/// How lens and sensor answer.
std::string camera(const CameraProfile& profile) {
  std::string yaml = profile.lens_map.empty() ? "" : "lens_map:  # of the lens driver's codes\n";
  for (const LensMap::Point& point : profile.lens_map)
    yaml += "  - {dioptres: " + number(point.dioptres) + ", code: " + number(point.code) + "}\n";
  if (profile.delays) {
    yaml += "delays: {exposure: " + std::to_string(profile.delays->exposure) + ", gain: " + std::to_string(profile.delays->gain) +
            "}  # frames until a setting shows\n";
  }
  if (!profile.gain_table.empty()) yaml += "gain_table:\n";
  for (const GainTable::Point& point : profile.gain_table)
    yaml += "  - {asked: " + number(point.asked) + ", actual: " + number(point.actual) + "}\n";
  return yaml;
}

std::vector<Field> described(CameraProfile& profile) {
  FieldList list;
  list.group("isp", profile.isp);
  list.group("aaa", profile.aaa);
  return list.fields();
}

}  // namespace

std::string write_profile(const CameraProfile& profile, ProfileFields fields) {
  CameraProfile copy = profile, usual;  // describe() needs something to point into
  const std::vector<Field> all = described(copy), defaults = described(usual);
  std::vector<Field> written;
  for (std::size_t i = 0; i < all.size(); i++) {
    if (fields == ProfileFields::kAll || text_of(all[i]) != text_of(defaults[i])) written.push_back(all[i]);
  }
  return head(profile) + matrices(profile) + corrections(profile.isp.corrections) + curve(profile.aaa.white_balance.prior.curve) +
         search(profile.aaa.white_balance.prior) + awb_modes(profile.aaa.white_balance.modes) + lux_reference(profile.lux_reference) +
         noise(profile.noise) + shading(profile.isp.shading) + bad_pixels(profile) + camera(profile) + write_yaml(written);
}

}  // namespace argent
