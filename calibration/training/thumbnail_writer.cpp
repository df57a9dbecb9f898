#include "calibration/training/thumbnail_writer.h"

#include <png.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <string_view>

#include "isp/color_temperature.h"
#include "isp/io/yaml_document.h"
#include "isp/number_text.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"
#include "models/runtime/quoted_text.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr int kMinSide = 12;  // zones: what readers of such sets take
constexpr const char *kLabels = "labels.csv", *kCameras = "cameras.yaml";

int exif_code(float cct) {
  for (const int code : {17, 21, 23, 20, 22, 24, 18, 19}) {  // the standard ones
    if (cct_of_exif_illuminant(code) == cct) return code;
  }
  throw Error("a matrix for ", shortest_text(cct),
              " K, expected a light that EXIF has a code for: 2856, 6504, 5003, 5503, 7504, 3200, 4874 or 6774");
}

std::string yaml_of(const std::set<std::string>& names, const CameraMatrices& cameras) {
  std::string yaml = "cameras:\n";
  for (const std::string& name : names) {
    const auto camera = cameras.find(name);
    if (camera == cameras.end() || camera->second.empty() || camera->second.size() > 2) {
      throw Error("camera ", in_quotes(name), ": ", camera == cameras.end() ? 0 : camera->second.size(), " matrices, expected one or two");
    }
    yaml += "  " + yaml_text(name) + ":\n    matrices:\n";
    for (const ColorMatrix& matrix : camera->second) {
      yaml += "      - {illuminant: " + std::to_string(exif_code(matrix.cct)) + ", matrix: [";
      for (std::size_t i = 0; i < matrix.xyz_to_camera.size(); i++) yaml += (i > 0 ? ", " : "") + shortest_text(matrix.xyz_to_camera[i]);
      yaml += "]}\n";
    }
  }
  return yaml;
}

void check_cell(const std::string& text, const char* what) {
  if (text.empty() || text.find_first_of(",\"\r\n") != std::string::npos) {
    throw Error(what, " ", in_quotes(text), ", expected a name without commas, quotes and line ends");
  }
}

/// Log R/G and log B/G.
std::array<float, 2> light_of(const LabelledStatistics& image) {
  if (image.light) return *image.light;
  const auto gains = image.kelvin > 0 ? gains_of_cct(image.prior.curve, image.kelvin) : std::nullopt;
  if (!gains) throw Error(image.file, ": neither the light's color nor its temperature on a curve is known");
  return {-std::log((*gains)[0]), -std::log((*gains)[2])};
}

std::string label_of(const LabelledStatistics& image) {
  check_cell(image.file, "picture");
  check_cell(image.sensor, "camera");
  const auto [u, v] = light_of(image);
  const float red = std::exp(u), blue = std::exp(v);
  if (!(red > 0 && blue > 0) || !std::isfinite(red) || !std::isfinite(blue)) throw Error(image.file, ": the light is no color");
  const auto known = [](float value) { return value > 0 ? shortest_text(value) : std::string(); };
  return image.file + "," + image.sensor + "," + shortest_text(red) + ",1," + shortest_text(blue) + "," + known(image.kelvin) + "," +
         known(image.lux) + "\n";
}

/// Largest number in a zone that counts; Error when there is none.
float peak_of(const LabelledStatistics& image) {
  const Statistics& s = image.statistics;
  if (!s.has_grid() || s.columns < kMinSide || s.rows < kMinSide) {
    throw Error(image.file, ": ", s.columns, "x", s.rows, " zones, expected ", kMinSide, "x", kMinSide, " to 32x32");
  }
  float peak = 0;
  for (int i = 0; i < s.columns * s.rows; i++) {
    const Statistics::Zone& zone = s.zones[static_cast<std::size_t>(i)];
    for (const float value : zone.unclipped) {
      if (!std::isfinite(value)) throw Error(image.file, ": a zone without a number");
      if (zone.unclipped_count[1] > 0) peak = std::max(peak, value);
    }
  }
  if (!(peak > 0)) throw Error(image.file, ": no zone with light below saturation");
  return peak;
}

std::string png_of(const LabelledStatistics& image) {
  const Statistics& s = image.statistics;
  const float peak = peak_of(image);
  std::vector<std::uint16_t> codes;
  codes.reserve(static_cast<std::size_t>(s.columns * s.rows) * 3);
  for (int i = 0; i < s.columns * s.rows; i++) {
    const Statistics::Zone& zone = s.zones[static_cast<std::size_t>(i)];
    for (const float value : zone.unclipped) {
      const float code = zone.unclipped_count[1] > 0 ? 65535 * std::max(value, 0.0f) / peak : 0;
      codes.push_back(static_cast<std::uint16_t>(code + 0.5f));
    }
  }
  png_image head;
  std::memset(&head, 0, sizeof head);
  head.version = PNG_IMAGE_VERSION;
  head.width = static_cast<png_uint_32>(s.columns);
  head.height = static_cast<png_uint_32>(s.rows);
  head.format = PNG_FORMAT_LINEAR_RGB;
  std::string bytes(PNG_IMAGE_PNG_SIZE_MAX(head), '\0');
  png_alloc_size_t size = bytes.size();
  if (!png_image_write_to_memory(&head, bytes.data(), &size, 0, codes.data(), 0, nullptr)) throw Error(image.file, ": ", head.message);
  bytes.resize(size);
  return bytes;
}

void check_new(const fs::path& path, Overwrite overwrite) {
  std::error_code error;
  if (overwrite == Overwrite::kNo && fs::exists(fs::symlink_status(path, error))) throw Error(path.string(), " exists");
}

}  // namespace

void write_thumbnails(const fs::path& folder, std::span<const LabelledStatistics> images, const CameraMatrices& cameras,
                      Overwrite overwrite) {
  if (images.empty()) throw Error(folder.string(), ": no pictures to write");
  std::string labels = "file,camera,r,g,b,kelvin,lux\n";
  std::set<std::string> files, names;
  for (const LabelledStatistics& image : images) {
    labels += label_of(image);
    peak_of(image);
    const fs::path file(image.file);
    if (file.filename() != file || file.extension() != ".png" || image.file.find('\0') != std::string::npos) {
      throw Error("picture ", in_quotes(image.file), ", expected the name of a PNG without a folder");
    }
    if (!files.insert(image.file).second) throw Error("picture ", in_quotes(image.file), " is there twice");
    names.insert(image.sensor);
    check_new(folder / image.file, overwrite);
  }
  const std::string yaml = yaml_of(names, cameras);
  for (const char* table : {kLabels, kCameras}) check_new(folder / table, overwrite);
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw Error(folder.string(), ": can't be made: ", error.message());
  for (const LabelledStatistics& image : images) write_file(folder / image.file, png_of(image), overwrite);
  write_file(folder / kCameras, yaml, overwrite);
  write_file(folder / kLabels, labels, overwrite);
}

}  // namespace argent
