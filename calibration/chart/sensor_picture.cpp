#include "calibration/chart/sensor_picture.h"

#include <algorithm>
#include <cmath>

#include "isp/packed_codes.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Site (index of SensorInfo::black) of pixel (x, y) of a quad that starts at an even row and column.
std::size_t site_of(CfaPattern cfa, int x, int y) {
  const int red_column = cfa == CfaPattern::kGrbg || cfa == CfaPattern::kBggr,
            red_row = cfa == CfaPattern::kGbrg || cfa == CfaPattern::kBggr;
  return static_cast<std::size_t>((y ^ red_row) * 2 + (x ^ red_column));
}

struct Reader {
  const SensorInfo& sensor;

  float light(std::uint16_t code, std::size_t site) const {
    return (static_cast<float>(code) - sensor.black[site]) / (sensor.white[site] - sensor.black[site]);
  }
  bool saturated(std::uint16_t code, std::size_t site) const { return static_cast<float>(code) >= sensor.white[site]; }
};

void read_quad(const RawFrame& frame, const Reader& reader, int column, int row, float* rgb, std::uint8_t& clipped) {
  rgb[0] = rgb[1] = rgb[2] = 0;
  for (int y = 0; y < 2; y++) {
    const std::uint16_t* codes = frame.data + (2 * row + y) * frame.stride + 2 * column;
    for (int x = 0; x < 2; x++) {
      const std::size_t site = site_of(frame.sensor.cfa, x, y);
      const int channel = site == 0 ? 0 : site == 3 ? 2 : 1;
      rgb[channel] += reader.light(codes[x], site) * (channel == 1 ? 0.5f : 1);
      clipped |= reader.saturated(codes[x], site);
    }
  }
}

/// Three pixels by three, wherever the pattern stands: the colors' means, and every color is among them.
void read_xtrans_cell(const RawFrame& frame, const Reader& reader, int column, int row, float* rgb, std::uint8_t& clipped) {
  constexpr std::array<std::size_t, 3> kSites{0, 1, 3};
  std::array<float, 3> sum{}, count{};
  for (int i = 0; i < 9; i++) {
    const int x = 3 * column + i % 3, y = 3 * row + i / 3;
    const auto c = static_cast<std::size_t>(color_at(frame.sensor, x, y));
    const std::uint16_t code = frame.data[y * frame.stride + x];
    sum[c] += reader.light(code, kSites[c]);
    count[c]++;
    clipped |= reader.saturated(code, kSites[c]);
  }
  for (std::size_t c = 0; c < 3; c++) rgb[c] = sum[c] / count[c];
}

void read_pixel(const RawFrame& frame, const Reader& reader, int column, int row, float* rgb, std::uint8_t& clipped) {
  constexpr std::array<std::size_t, 3> kSites{0, 1, 3};
  const std::uint16_t* codes = frame.data + row * frame.stride + 3 * column;
  for (std::size_t c = 0; c < 3; c++) {
    rgb[c] = reader.light(codes[c], kSites[c]);
    clipped |= reader.saturated(codes[c], kSites[c]);
  }
}

/// Where `at` (0..1) lies between two of `count` nodes.
struct Between {
  int first, second;
  float share;  ///< of the second
};
Between between(double at, int count) {
  const double place = std::clamp(at, 0.0, 1.0) * (count - 1);
  const int first = static_cast<int>(place);
  return {first, std::min(first + 1, count - 1), static_cast<float>(place - first)};
}

float gain_at(const ShadingMesh& mesh, std::size_t channel, double u, double v) {
  const Between x = between(u, mesh.columns), y = between(v, mesh.rows);
  const auto node = [&](int column, int row) { return mesh.gains[channel][static_cast<std::size_t>(row * mesh.columns + column)]; };
  return std::lerp(std::lerp(node(x.first, y.first), node(x.second, y.first), x.share),
                   std::lerp(node(x.first, y.second), node(x.second, y.second), x.share), y.share);
}

}  // namespace

std::array<double, 2> SensorPicture::pixel_of(PlaneFraction place) const {
  return {static_cast<double>(place.x) * frame.width / step, static_cast<double>(place.y) * frame.height / step};
}

PlaneFraction SensorPicture::place_of(double x, double y) const {
  return {static_cast<float>(x * step / frame.width), static_cast<float>(y * step / frame.height)};
}

SensorPicture sensor_picture(const RawFrame& frame, BufferPool& pool) {
  check(frame.sensor);
  if (frame.sensor.cfa == CfaPattern::kMonochrome) throw Error("a color chart in a frame of a monochrome sensor, expected one with colors");
  const RawFrame codes = unpacked(frame, pool);
  check_pixels(codes);
  const int step = cell_side(frame.sensor.cfa);
  const Size size{frame.size().width / step, frame.size().height / step};
  if (size.width < 1 || size.height < 1) throw Error("a color chart in a frame of ", frame.size(), " pixels, expected a whole quad");
  SensorPicture out{Image(pool, size, PixelType::kF32, Encoding::kLinear, ColorSpace::kCamera), {}, frame.size(), step};
  const auto width = static_cast<std::size_t>(size.width);
  out.clipped.resize(width * static_cast<std::size_t>(size.height));
  const Reader reader{frame.sensor};
  for (int y = 0; y < size.height; y++) {
    float* rgb = out.linear.row<float>(y);
    std::uint8_t* clipped = out.clipped.data() + static_cast<std::size_t>(y) * width;
    for (int x = 0; x < size.width; x++) {
      (step == 3 ? read_xtrans_cell : step == 2 ? read_quad : read_pixel)(codes, reader, x, y, rgb + 3 * x, clipped[x]);
    }
  }
  return out;
}

void undo_shading(SensorPicture& picture, std::span<const ShadingMesh> meshes, float cct) {
  if (meshes.empty()) return;
  const auto found = std::find_if(meshes.begin(), meshes.end(), [&](const ShadingMesh& mesh) { return mesh.cct >= cct; });
  const ShadingMesh& above = found == meshes.end() ? meshes.back() : *found;
  const ShadingMesh& below = found == meshes.begin() || found == meshes.end() ? above : *(found - 1);
  const float share = above.cct > below.cct ? (1 / below.cct - 1 / cct) / (1 / below.cct - 1 / above.cct) : 0;
  for (int y = 0; y < picture.linear.height(); y++) {
    float* row = picture.linear.row<float>(y);
    for (int x = 0; x < picture.linear.width(); x++) {
      const auto [u, v] = picture.place_of(x + 0.5, y + 0.5);
      for (std::size_t c = 0; c < 3; c++)
        row[3 * x + static_cast<int>(c)] *= std::lerp(gain_at(below, c, u, v), gain_at(above, c, u, v), share);
    }
  }
}

}  // namespace argent
