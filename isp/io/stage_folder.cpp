#include "isp/io/stage_folder.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <system_error>
#include <utility>

#include "isp/color.h"
#include "isp/color_space.h"
#include "isp/io/image_file.h"
#include "isp/orientation.h"
#include "models/runtime/error.h"
#include "models/runtime/output_file.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr float kFull = 65535;

/// "07"
std::string number_of(RenderStage stage) {
  const int number = static_cast<int>(stage) + 1;
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::string title_of(RenderStage stage) { return number_of(stage) + "_" + std::string(kRenderStageNames[static_cast<std::size_t>(stage)]); }

/// The largest power of two that keeps all codes in 16 bits: what is in the file can be read back.
int scale_of(const StagePicture& picture) {
  const auto& white = picture.sensor->white;
  const float most = std::max(*std::max_element(white.begin(), white.end()), std::exp2(static_cast<float>(picture.sensor->bits)) - 1);
  int scale = 1;
  while (2 * static_cast<float>(scale) * most <= kFull) scale *= 2;
  return scale;
}

std::string name_of(const StagePicture& picture) {
  const std::string title = title_of(picture.stage), space(picture.space);
  switch (picture.domain) {
    case StageDomain::kCodes:
      return title + "_codes_x" + std::to_string(scale_of(picture)) + ".png";
    case StageDomain::kLinear:
      return title + "_linear_" + space + "_shown_srgb.png";
    case StageDomain::kEncoded:
      break;
  }
  return title + "_" + space + ".png";
}

/// What the file holds of a value.
float shown(const StagePicture& picture, float value, int scale) {
  if (picture.domain == StageDomain::kCodes) return value * static_cast<float>(scale);
  if (picture.domain == StageDomain::kEncoded) return value * kFull;
  return srgb_encode(std::clamp(value, 0.0f, 1.0f)) * kFull;
}

/// An encoded picture says in the file which space it has; others are shown in sRGB's function, codes as what they are.
Image image_of(const StagePicture& picture, BufferPool& pool) {
  const bool codes = picture.domain == StageDomain::kCodes, encoded = picture.domain == StageDomain::kEncoded;
  const ColorSpace shown_space = picture.space == argent::name_of(ColorSpace::kSrgb) ? ColorSpace::kSrgb : ColorSpace::kCamera;
  const ColorSpace space = encoded ? color_space_from_name(picture.space).value_or(ColorSpace::kCamera) : shown_space;
  Image image(pool, picture.size, PixelType::kU16, codes ? Encoding::kLinear : Encoding::kSrgb, space);
  const int scale = codes ? scale_of(picture) : 1;
  for (int y = 0; y < image.height(); y++) {
    auto* row = image.row<std::uint16_t>(y);
    for (int i = 0; i < image.width() * 3; i++) {
      const float value = picture.value(i / 3, y, picture.channels == 3 ? i % 3 : 0);
      row[i] = static_cast<std::uint16_t>(std::clamp(shown(picture, value, scale) + 0.5f, 0.0f, kFull));
    }
  }
  return upright(std::move(image), picture.orientation, pool);
}

struct Summary {
  double least = std::numeric_limits<double>::infinity(), largest = -least, sum = 0, count = 0;
};

std::array<Summary, 3> summary_of(const StagePicture& picture) {
  std::array<Summary, 3> colors;
  for (int y = 0; y < picture.size.height; y++) {
    for (int x = 0; x < picture.size.width; x++) {
      for (int c = 0; c < picture.channels; c++) {
        Summary& color = colors[static_cast<std::size_t>(picture.color(x, y, c))];
        const double value = double(picture.value(x, y, c));
        color.least = std::min(color.least, value);
        color.largest = std::max(color.largest, value);
        color.sum += value;
        color.count++;
      }
    }
  }
  return colors;
}

std::string number_text(double value, StageDomain domain) {
  char text[32];
  std::snprintf(text, sizeof text, domain == StageDomain::kCodes ? "%.1f" : "%.5f", value);
  return text;
}

std::string unit_of(const StagePicture& picture) {
  if (picture.domain == StageDomain::kCodes) return "codes";
  if (picture.domain == StageDomain::kEncoded) return "encoded, 1 = full scale";
  return picture.stage < RenderStage::kProfileTables ? "light, 1 = saturation" : "light, 1 = white";
}

/// Whether the colors of a picture of one sample a pixel are worth a row each.
bool has_colors(const StagePicture& picture) {
  return picture.channels == 3 || (picture.sensor != nullptr && cell_side(picture.sensor->cfa) > 1);
}

void make_empty_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!fs::is_directory(folder, error)) throw Error(folder.string() + ": cannot make this folder");
  const bool empty = fs::is_empty(folder, error);
  if (error) throw Error(folder.string() + ": cannot read this folder: " + error.message());
  if (!empty) throw Error(folder.string() + ": has files in it already, stages go to a new or empty folder");
}

}  // namespace

StageFolder::StageFolder(fs::path folder) : folder_(std::move(folder)) { make_empty_folder(folder_); }

void StageFolder::take(const StagePicture& picture) {
  const std::string name = name_of(picture);
  save_image(image_of(picture, pool_), folder_ / name);
  const std::array<Summary, 3> colors = summary_of(picture);
  for (std::size_t c = 0; c < 3; c++) {
    if (colors[c].count == 0) continue;
    const auto text = [&](double value) { return number_text(value, picture.domain); };
    rows_.push_back({name, to_text(picture.size), has_colors(picture) ? std::string(1, "RGB"[c]) : "grey", text(colors[c].least),
                     text(colors[c].sum / colors[c].count), text(colors[c].largest), unit_of(picture)});
  }
}

void StageFolder::leave_out(RenderStage stage, std::string_view why) {
  rows_.push_back({title_of(stage), "no picture: " + std::string(why), {}, {}, {}, {}, {}});
}

std::string StageFolder::finish() const {
  std::vector<std::array<std::string, 7>> table{{"file", "stored size", "color", "least", "mean", "largest", "unit"}};
  table.insert(table.end(), rows_.begin(), rows_.end());
  std::array<std::size_t, 7> widths{};
  for (const auto& row : table) {
    for (std::size_t i = 0; i < 7; i++) {
      if (i != 1 || !row[2].empty()) widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const auto& row : table) {
    std::string line;
    for (std::size_t i = 0; i < 7; i++) {
      const std::string space(widths[i] - std::min(widths[i], row[i].size()), ' ');
      line += i >= 3 && i < 6 ? space + row[i] + "  " : row[i] + space + "  ";
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  write_file(folder_ / "stages.txt", text, Overwrite::kNo);
  return text;
}

}  // namespace argent
