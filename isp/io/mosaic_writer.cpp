#include <array>
#include <charconv>
#include <cstdint>
#include <vector>

#include "isp/error.h"
#include "isp/io/mosaic_file.h"
#include "isp/io/output_file.h"
#include "isp/io/yaml_document.h"
#include "isp/packed_codes.h"

namespace argent {
namespace {

template <class Number>
std::string text_of(Number number) {
  std::array<char, 64> text{};  // the shortest that reads back equal
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), number).ptr};
}

template <class Numbers>
std::string list_of(const Numbers& numbers) {
  std::string out;
  for (const auto number : numbers) out += (out.empty() ? "[" : ", ") + text_of(number);
  return out + "]";
}

std::string matrices_of(const std::vector<ColorMatrix>& matrices) {
  if (matrices.empty()) return "";
  std::string out = "matrices:\n";
  for (const ColorMatrix& m : matrices) {
    out += "  - {illuminant: " + text_of(m.cct) + ", xyz_to_camera: " + list_of(m.xyz_to_camera) + "}\n";
  }
  return out;
}

std::string applied_of(const Applied& a) {
  return "applied:\n  exposure_us: " + text_of(a.settings.exposure.count()) + "\n  analogue_gain: " + text_of(a.settings.analogue_gain) +
         "\n  lens_position: " + text_of(a.settings.lens_position) + "\n  f_number: " + text_of(a.f_number) +
         "\n  timestamp_us: " + text_of(a.timestamp.count()) + "\n  frame_duration_us: " + text_of(a.frame_duration.count()) +
         "\n  line_time_us: " + text_of(a.line_time.count()) + "\n  sequence: " + text_of(a.sequence) +
         "\n  decision: " + text_of(a.decision) + "\n";
}

void save_pixels(const RawFrame& frame, const std::filesystem::path& path) {
  OutputFile file(path, Overwrite::kNo);
  const auto width = static_cast<std::size_t>(frame.sensor.active.width);
  if (const auto& packed = frame.packed) {
    const std::size_t row_bytes = packed_row_bytes(packed->format, frame.sensor.active.width);
    for (int y = 0; y < frame.sensor.active.height; y++) file.write(packed->bytes + y * packed->stride, row_bytes);
    file.check();
    return file.commit();
  }
  std::vector<std::uint8_t> row(frame.sensor.bits == 8 ? width : 2 * width);
  for (int y = 0; y < frame.sensor.active.height; y++) {
    const std::uint16_t* codes = frame.data + y * frame.stride;
    for (std::size_t x = 0; x < width; x++) {
      if (frame.sensor.bits == 8) {
        row[x] = static_cast<std::uint8_t>(codes[x]);
      } else {
        row[2 * x] = static_cast<std::uint8_t>(codes[x] & 0xff);
        row[2 * x + 1] = static_cast<std::uint8_t>(codes[x] >> 8);
      }
    }
    file.write(row.data(), row.size());
  }
  file.check();
  file.commit();
}

void save_text(const std::string& text, const std::filesystem::path& path) {
  OutputFile file(path, Overwrite::kNo);
  file.write(text.data(), text.size());
  file.check();
  file.commit();
}

}  // namespace

std::string description_of(const RawFrame& frame) {
  const SensorInfo& sensor = frame.sensor;
  std::string out = "size: " + std::to_string(sensor.active.width) + "x" + std::to_string(sensor.active.height) +
                    "\ncfa: " + std::string(name_of(sensor.cfa)) + "\nbits: " + std::to_string(sensor.bits) +
                    "\npacking: " + (frame.packed ? "mipi" : "bytes") + "\nblack: " + list_of(sensor.black) +
                    "\nwhite: " + list_of(sensor.white) + "\n";
  if (!sensor.make.empty()) out += "make: " + yaml_text(sensor.make) + "\n";
  if (!sensor.model.empty()) out += "model: " + yaml_text(sensor.model) + "\n";
  out += matrices_of(sensor.matrices);
  if (sensor.noise.shot > 0 || sensor.noise.read > 0) out += "noise: " + list_of(std::array{sensor.noise.shot, sensor.noise.read}) + "\n";
  if (const auto& gains = frame.capture.as_shot_gains) out += "as_shot_gains: " + list_of(*gains) + "\n";
  if (const auto& exposure = frame.capture.baseline_exposure) out += "baseline_exposure: " + text_of(*exposure) + "\n";
  if (frame.capture.orientation != Orientation::kNormal) {
    out += "orientation: " + std::to_string(static_cast<int>(frame.capture.orientation)) + "\n";
  }
  return out + applied_of(frame.applied);
}

void save_mosaic(const RawFrame& frame, const std::filesystem::path& path) {
  if (samples_per_pixel(frame.sensor.cfa) != 1) throw Error(path.string() + ": is no mosaic, it has three samples a pixel");
  check_pixels(frame);
  save_pixels(frame, path);
  save_text(description_of(frame), std::filesystem::path(path) += ".yaml");
}

}  // namespace argent
