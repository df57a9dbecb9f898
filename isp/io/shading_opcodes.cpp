#include "isp/io/shading_opcodes.h"

#include <array>

#include "isp/io/black_level.h"

namespace argent {
namespace {

constexpr std::uint32_t kGainMapId = 9, kOptional = 1;

/// The mesh's nodes lie on the borders, as a map's do that starts at 0 and ends at 1.
OpcodeGainMap map_of(const ShadingMesh& mesh, std::vector<std::size_t> channels, const OpcodeArea& area) {
  OpcodeGainMap map;
  map.area = area;
  map.rows = mesh.rows;
  map.columns = mesh.columns;
  map.map_planes = static_cast<int>(channels.size());
  map.spacing_y = mesh.rows > 1 ? 1.0 / (mesh.rows - 1) : 1;
  map.spacing_x = mesh.columns > 1 ? 1.0 / (mesh.columns - 1) : 1;
  for (std::size_t node = 0; node < mesh.gains[0].size(); node++) {
    for (const std::size_t channel : channels) map.gains.push_back(mesh.gains[channel][node]);
  }
  return map;
}

}  // namespace

std::vector<DngOpcode> shading_opcodes(const ShadingMesh& mesh, CfaPattern cfa, Size active) {
  constexpr std::array<std::size_t, 4> kChannels{0, 1, 1, 2};  // of the sites
  OpcodeArea area{.bottom = active.height, .right = active.width};
  std::vector<DngOpcode> out;
  const auto add = [&](OpcodeGainMap map) { out.push_back({.id = kGainMapId, .flags = kOptional, .parameters = std::move(map)}); };
  if (cfa == CfaPattern::kRgb) {
    area.planes = 3;
    add(map_of(mesh, {0, 1, 2}, area));
  } else if (cfa == CfaPattern::kMonochrome) {
    add(map_of(mesh, {1}, area));
  } else {
    area.row_pitch = area.column_pitch = 2;
    for (int i = 0; i < 4; i++) {
      area.top = i / 2;
      area.left = i % 2;
      add(map_of(mesh, {kChannels[static_cast<std::size_t>(bayer_site(cfa, i % 2, i / 2))]}, area));
    }
  }
  return out;
}

}  // namespace argent
