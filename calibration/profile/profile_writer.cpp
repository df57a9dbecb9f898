#include "calibration/profile/camera_profile.h"

// The mirror of profile_reader.cpp.

#include <array>
#include <span>

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
         noise(profile.noise) + shading(profile.isp.shading) + bad_pixels(profile) + write_yaml(written);
}

}  // namespace argent
