#include "isp/opcode_gains.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <variant>

#include "isp/kernel_inputs.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr int kMaxNodes = 256;  // a side of a map; cameras have 10 to 60
constexpr int kFine = 65;       // nodes that a radial polynomial of the tenth degree needs: straight between, it is off by less than 1e-3

void check(const OpcodeGainMap& map) {
  const bool sized = map.rows >= 1 && map.columns >= 1 && map.rows <= kMaxNodes && map.columns <= kMaxNodes && map.map_planes >= 1 &&
                     map.map_planes <= 4 &&
                     map.gains.size() == static_cast<std::size_t>(map.rows) * static_cast<std::size_t>(map.columns * map.map_planes);
  if (!sized) {
    throw Error("opcode GainMap of " + std::to_string(map.columns) + "x" + std::to_string(map.rows) + "x" + std::to_string(map.map_planes) +
                " has " + std::to_string(map.gains.size()) + " gains");
  }
  const auto spaced = [](int nodes, double spacing) { return nodes == 1 || (spacing > 0 && std::isfinite(spacing)); };
  if (!spaced(map.rows, map.spacing_y) || !spaced(map.columns, map.spacing_x) || !std::isfinite(map.origin_x) ||
      !std::isfinite(map.origin_y))
    throw Error("opcode GainMap has nodes that are not spaced");
  if (map.area.row_pitch < 1 || map.area.column_pitch < 1) throw Error("opcode GainMap has a pitch below 1");
  for (float gain : map.gains) {
    if (!(gain >= 0 && std::isfinite(gain))) throw Error("opcode GainMap has the gain " + std::to_string(gain) + ", expected 0 or more");
  }
}

void check(const FixVignetteRadial& vignette) {
  bool finite = std::isfinite(vignette.center_x) && std::isfinite(vignette.center_y);
  for (double k : vignette.k) finite = finite && std::isfinite(k);
  if (!finite) throw Error("opcode FixVignetteRadial has numbers that are not finite");
}

/// All pixels, or all of some of a quad's four, but for less than a pitch at the borders.
bool covers(const OpcodeArea& area, Size active, CfaPattern cfa) {
  const int most = is_bayer(cfa) ? 2 : 1;
  if (area.row_pitch > most || area.column_pitch > most) return false;
  const auto side = [](int first, int end, int pitch, int size) { return first >= 0 && first < pitch && end > size - pitch; };
  return side(area.top, area.bottom, area.row_pitch, active.height) && side(area.left, area.right, area.column_pitch, active.width);
}

/// Between nodes, constant outside.
double at_nodes(const OpcodeGainMap& map, int plane, double x, double y) {
  const auto between = [](double place, int nodes) {
    const double clamped = std::clamp(place, 0.0, double(nodes - 1));
    const int node = std::min(static_cast<int>(clamped), std::max(0, nodes - 2));
    return std::pair(node, clamped - node);
  };
  const auto [column, across] = between(map.columns > 1 ? (x - map.origin_x) / map.spacing_x : 0, map.columns);
  const auto [row, down] = between(map.rows > 1 ? (y - map.origin_y) / map.spacing_y : 0, map.rows);
  const auto gain = [&](int j, int i) {
    const int r = std::min(j, map.rows - 1), c = std::min(i, map.columns - 1);
    return double(map.gains[static_cast<std::size_t>((r * map.columns + c) * map.map_planes + plane)]);
  };
  const double above = std::lerp(gain(row, column), gain(row, column + 1), across);
  return std::lerp(above, std::lerp(gain(row + 1, column), gain(row + 1, column + 1), across), down);
}

double at_radius(const FixVignetteRadial& vignette, Size active, double x, double y) {
  const double w = active.width, h = active.height, dx = (x - vignette.center_x) * w, dy = (y - vignette.center_y) * h;
  const double far_x = std::max(std::abs(vignette.center_x), std::abs(1 - vignette.center_x)) * w;
  const double far_y = std::max(std::abs(vignette.center_y), std::abs(1 - vignette.center_y)) * h;
  const double r2 = (dx * dx + dy * dy) / (far_x * far_x + far_y * far_y);
  double gain = 0;
  for (std::size_t i = vignette.k.size(); i-- > 0;) gain = (gain + vignette.k[i]) * r2;
  return std::max(0.0, 1 + gain);
}

}  // namespace

OpcodeGains::OpcodeGains(const DngOpcodes& opcodes, const SensorInfo& sensor) : active_(sensor.active) {
  add(opcodes.linear, sensor);
  SensorInfo colors;
  colors.active = sensor.active;
  colors.cfa = CfaPattern::kRgb;
  add(opcodes.demosaiced, colors);
}

void OpcodeGains::add(const std::vector<DngOpcode>& list, const SensorInfo& sensor) {
  for (const DngOpcode& opcode : list) {
    if (const auto* vignette = std::get_if<FixVignetteRadial>(&opcode.parameters)) {
      check(*vignette);
      vignettes_.push_back(vignette);
      columns_ = std::max(columns_, kFine);
      rows_ = std::max(rows_, kFine);
    } else if (const auto* map = std::get_if<OpcodeGainMap>(&opcode.parameters)) {
      check(*map);
      if (covers(map->area, active_, sensor.cfa)) {
        add(*map, sensor);
      } else if (!is_optional(opcode)) {
        throw Error("opcode GainMap for a part of the picture is not supported");
      }
    }
  }
}

void OpcodeGains::add(const OpcodeGainMap& map, const SensorInfo& sensor) {
  const OpcodeArea& area = map.area;
  const bool mosaic = sensor.cfa != CfaPattern::kRgb;
  for (int site = 0; site < 4; site++) {
    const int channel = site == 0 ? 0 : site == 3 ? 2 : 1, plane = mosaic ? 0 : channel;
    if (plane < area.plane || plane >= area.plane + area.planes) continue;
    bool own = true;
    if (is_bayer(sensor.cfa)) {
      const Phase phase = phase_of(sensor);
      const int x = (site % 2 + phase.x + 2) % 2, y = (site / 2 + phase.y + 2) % 2;
      own = (x - area.left) % area.column_pitch == 0 && (y - area.top) % area.row_pitch == 0;
    }
    if (own) maps_.push_back({&map, site, std::min(plane - area.plane, map.map_planes - 1)});
  }
  // Nodes that lie on the borders are taken as they are; others need a finer grid.
  const auto nodes = [](int count, double origin, double spacing) {
    const bool on_borders = count == 1 || (std::abs(origin) < 1e-6 && std::abs(origin + spacing * (count - 1) - 1) < 1e-6);
    return on_borders ? count : std::clamp(2 * count - 1, kFine, 2 * kMaxNodes);
  };
  columns_ = std::max(columns_, nodes(map.columns, map.origin_x, map.spacing_x));
  rows_ = std::max(rows_, nodes(map.rows, map.origin_y, map.spacing_y));
}

float OpcodeGains::at(int site, double x, double y) const {
  double gain = 1;
  for (const Map& map : maps_) {
    if (map.site == site) gain *= at_nodes(*map.map, map.plane, x, y);
  }
  for (const FixVignetteRadial* vignette : vignettes_) gain *= at_radius(*vignette, active_, x, y);
  return static_cast<float>(gain);
}

}  // namespace argent
