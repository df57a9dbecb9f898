#include <array>
#include <cstdint>
#include <vector>

#include "isp/io/mosaic_description.h"
#include "isp/io/yaml_document.h"
#include "isp/number_text.h"
#include "isp/packed_codes.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

template <class Numbers>
std::string list_of(const Numbers& numbers) {
  std::string out;
  for (const auto number : numbers) out += (out.empty() ? "[" : ", ") + shortest_text(number);
  return out + "]";
}

std::string matrices_of(const std::vector<ColorMatrix>& matrices) {
  if (matrices.empty()) return "";
  std::string out = "matrices:\n";
  for (const ColorMatrix& m : matrices) {
    out += "  - {illuminant: " + shortest_text(m.cct) + ", xyz_to_camera: " + list_of(m.xyz_to_camera) + "}\n";
  }
  return out;
}

std::string applied_of(const Applied& a) {
  return "applied:\n  exposure_us: " + shortest_text(a.settings.exposure.count()) +
         "\n  analogue_gain: " + shortest_text(a.settings.analogue_gain) + "\n  lens_position: " + shortest_text(a.settings.lens_position) +
         "\n  f_number: " + shortest_text(a.f_number) + "\n  timestamp_us: " + shortest_text(a.timestamp.count()) +
         "\n  frame_duration_us: " + shortest_text(a.frame_duration.count()) + "\n  line_time_us: " + shortest_text(a.line_time.count()) +
         "\n  sequence: " + shortest_text(a.sequence) + "\n  decision: " + shortest_text(a.decision) + "\n";
}

void write_pixels(const RawFrame& frame, OutputFile& file) {
  const auto width = static_cast<std::size_t>(frame.sensor.active.width);
  if (const auto& packed = frame.packed) {
    const std::size_t row_bytes = packed_row_bytes(packed->format, frame.sensor.active.width);
    for (int y = 0; y < frame.sensor.active.height; y++) file.write(packed->bytes + y * packed->stride, row_bytes);
    return;
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
}

/// The description of a frame that load_mosaic() will take: what it would refuse is refused here.
std::string checked_description_of(const RawFrame& frame) {
  if (samples_per_pixel(frame.sensor.cfa) != 1) throw Error("is no mosaic, it has three samples a pixel");
  check(frame.sensor);
  check_pixels(frame);
  std::string text = description_of(frame);
  check(parse_mosaic_description(text));
  return text;
}

}  // namespace

std::string description_of(const RawFrame& frame) {
  const SensorInfo& sensor = frame.sensor;
  std::string out = "size: " + to_text(sensor.active) + "\ncfa: " + std::string(name_of(sensor.cfa)) +
                    (sensor.cfa_phase == CfaPhase{} ? "" : "\ncfa_phase: " + list_of(std::array{sensor.cfa_phase.x, sensor.cfa_phase.y})) +
                    "\nbits: " + std::to_string(sensor.bits) + "\npacking: " + (frame.packed ? "mipi" : "bytes") +
                    "\nblack: " + list_of(sensor.black) + "\nwhite: " + list_of(sensor.white) + "\n";
  if (!sensor.make.empty()) out += "make: " + yaml_text(sensor.make) + "\n";
  if (!sensor.model.empty()) out += "model: " + yaml_text(sensor.model) + "\n";
  out += matrices_of(sensor.matrices);
  if (!(sensor.noise == NoiseModel{})) out += "noise: " + list_of(std::array{sensor.noise.shot, sensor.noise.read}) + "\n";
  if (const auto& gains = frame.capture.as_shot_gains) out += "as_shot_gains: " + list_of(*gains) + "\n";
  if (const auto& exposure = frame.capture.baseline_exposure) out += "baseline_exposure: " + shortest_text(*exposure) + "\n";
  if (frame.capture.orientation != Orientation::kNormal) {
    out += "orientation: " + std::to_string(static_cast<int>(frame.capture.orientation)) + "\n";
  }
  return out + applied_of(frame.applied);
}

void save_mosaic(const RawFrame& frame, const std::filesystem::path& path) {
  const std::string text = [&] {
    try {
      return checked_description_of(frame);
    } catch (const Error& error) {
      throw Error(path.string() + ": " + error.what());
    }
  }();
  OutputFile description(std::filesystem::path(path) += ".yaml", Overwrite::kNo), pixels(path, Overwrite::kNo);
  description.write(text.data(), text.size());
  write_pixels(frame, pixels);
  description.check();
  pixels.check();
  description.commit();  // first: pixels without it are worth nothing
  pixels.commit();
}

}  // namespace argent
