// The writer of dcp_file.h.
#include <algorithm>
#include <cmath>

#include "calibration/profile/dcp_file.h"
#include "isp/io/dng_tag_numbers.h"
#include "isp/io/tiff_value.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kInlineBytes = 4, kHeader = 8;

TiffValue matrix(std::uint16_t tag, const Mat3& m) {
  constexpr double kScale = 1e6;  // finer than any fit, and small fractions
  std::array<double, 9> values{};
  for (std::size_t i = 0; i < 9; i++) values[i] = std::round(static_cast<double>(m[i]) * kScale) / kScale;
  return tiff_signed_rationals(tag, values);
}

void add_table(std::vector<TiffValue>& fields, std::uint16_t tag, const HueSatTable& table) {
  std::vector<float> values;
  for (const HueSatTable::Node& node : table.nodes) values.insert(values.end(), {node.hue_shift, node.saturation_scale, node.value_scale});
  fields.push_back(tiff_floats(tag, values));
}

TiffValue sides(std::uint16_t tag, const HueSatTable& table) {
  return tiff_longs(tag, std::array{static_cast<std::uint32_t>(table.hues), static_cast<std::uint32_t>(table.saturations),
                                    static_cast<std::uint32_t>(table.values)});
}

std::vector<TiffValue> fields_of(const DngProfile& profile) {
  std::vector<TiffValue> fields;
  if (!profile.unique_camera_model.empty()) fields.push_back(tiff_text(tags::kUniqueCameraModel, profile.unique_camera_model));
  if (!profile.name.empty()) fields.push_back(tiff_text(tags::kProfileName, profile.name));
  bool has_dims = false;
  for (std::size_t i = 0; i < profile.illuminants.size(); i++) {
    const DngIlluminant& light = profile.illuminants[i];
    const auto tag = [&](int first) { return static_cast<std::uint16_t>(first + static_cast<int>(i)); };
    if (!light.color_matrix) continue;
    fields.push_back(matrix(tag(tags::kColorMatrix1), *light.color_matrix));
    fields.push_back(tiff_short(tag(tags::kCalibrationIlluminant1), static_cast<std::uint16_t>(light.code)));
    if (light.forward) fields.push_back(matrix(tag(tags::kForwardMatrix1), *light.forward));
    if (light.hue_sat.hues == 0) continue;
    if (!has_dims) fields.push_back(sides(tags::kProfileHueSatMapDims, light.hue_sat));
    has_dims = true;
    add_table(fields, tag(tags::kProfileHueSatMapData1), light.hue_sat);
  }
  const auto encoding = [&](std::uint16_t tag, TableEncoding value) {
    if (value == TableEncoding::kSrgb) fields.push_back(tiff_long(tag, 1));
  };
  if (has_dims) encoding(tags::kProfileHueSatMapEncoding, profile.hue_sat_encoding);
  if (profile.look.hues > 0) {
    fields.push_back(sides(tags::kProfileLookTableDims, profile.look));
    add_table(fields, tags::kProfileLookTableData, profile.look);
    encoding(tags::kProfileLookTableEncoding, profile.look_encoding);
  }
  if (!profile.tone_curve.empty()) {
    std::vector<float> values;
    for (const auto& point : profile.tone_curve) values.insert(values.end(), point.begin(), point.end());
    fields.push_back(tiff_floats(tags::kProfileToneCurve, values));
  }
  if (profile.baseline_exposure_offset) {
    fields.push_back(
        tiff_signed_rationals(tags::kBaselineExposureOffset, std::array{static_cast<double>(*profile.baseline_exposure_offset)}));
  }
  std::sort(fields.begin(), fields.end(), [](const TiffValue& a, const TiffValue& b) { return a.tag < b.tag; });
  return fields;
}

void append(std::string& out, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; i++) out.push_back(static_cast<char>(value >> (8 * i)));
}

}  // namespace

std::string write_dcp(const DngProfile& profile) {
  if (!profile.illuminants[0].color_matrix) throw Error("a DCP needs a color matrix, and none is known");
  const std::vector<TiffValue> fields = fields_of(profile);
  std::string directory, data;
  const std::size_t data_at = kHeader + 2 + 12 * fields.size() + 4;
  append(directory, fields.size(), 2);
  for (const TiffValue& field : fields) {
    append(directory, field.tag, 2);
    append(directory, static_cast<std::uint16_t>(field.type), 2);
    append(directory, field.count, 4);
    std::string bytes(field.bytes.begin(), field.bytes.end());
    if (bytes.size() <= kInlineBytes) {
      bytes.resize(kInlineBytes);
      directory += bytes;
      continue;
    }
    if (data.size() % 2 != 0) data.push_back(0);
    append(directory, data_at + data.size(), 4);
    data += bytes;
  }
  append(directory, 0, 4);
  std::string head = "IIRC";
  append(head, kHeader, 4);
  return head + directory + data;
}

}  // namespace argent
