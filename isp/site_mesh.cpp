#include "isp/site_mesh.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

#include "isp/bilinear.h"
#include "isp/kernel_inputs.h"
#include "isp/opcode_gains.h"
#include "isp/picture_geometry.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

/// Nodes of a grid by column and row.
auto nodes_of(const std::vector<float>& gains, int columns) {
  return [&gains, columns](int column, int row) { return gains[static_cast<std::size_t>(row * columns + column)]; };
}

/// Of node `i` of `nodes`, in 0..1.
float place_of(int i, int nodes) { return nodes > 1 ? static_cast<float>(i) / static_cast<float>(nodes - 1) : 0.5f; }

/// Times gain(site, x, y), on the finer of both grids.
template <class Gain>
SiteMesh times(const SiteMesh& mesh, int columns, int rows, const Gain& gain) {
  SiteMesh out;
  out.columns = std::max(mesh.columns, columns);
  out.rows = std::max(mesh.rows, rows);
  for (std::size_t site = 0; site < 4; site++) {
    out.gains[site].clear();
    const auto nodes = nodes_of(mesh.gains[site], mesh.columns);
    for (int row = 0; row < out.rows; row++) {
      for (int column = 0; column < out.columns; column++) {
        const float x = place_of(column, out.columns), y = place_of(row, out.rows);
        out.gains[site].push_back(bilinear(mesh.columns, mesh.rows, x, y, nodes) * gain(site, x, y));
      }
    }
  }
  return out;
}

/// What a database says of the lens's falloff.
SiteMesh with_lens(const SiteMesh& mesh, const RawFrame& frame) {
  if (frame.lens->gain.empty()) return mesh;
  constexpr int kColumns = 65, kRows = 49;  // as fine as a flat field
  return times(mesh, kColumns, kRows, [&](std::size_t, float x, float y) {
    return static_cast<float>(lens_gain(*frame.lens, frame.size(), static_cast<double>(x), static_cast<double>(y)));
  });
}

constexpr std::array<std::size_t, 4> kChannel{0, 1, 1, 2};

SiteMesh sites_of(const ShadingMesh& mesh) {
  SiteMesh out{mesh.columns, mesh.rows, {}};
  for (std::size_t site = 0; site < 4; site++) out.gains[site] = mesh.gains[kChannel[site]];
  return out;
}

void check(const GainMap& map) {
  constexpr int kMaxNodes = 1024;  // a side
  const bool sized = map.columns >= 1 && map.rows >= 1 && map.columns <= kMaxNodes && map.rows <= kMaxNodes;
  if (!sized || map.gains.size() != static_cast<std::size_t>(map.columns) * static_cast<std::size_t>(map.rows)) {
    throw Error("gain map of " + std::to_string(map.columns) + "x" + std::to_string(map.rows) + " has " + std::to_string(map.gains.size()) +
                " nodes");
  }
  for (const auto& node : map.gains) {
    for (float gain : node) {
      if (!(gain >= 0.25f && gain <= 4)) throw Error("gain map has the gain " + std::to_string(gain) + ", expected 0.25 to 4");
    }
  }
}

}  // namespace

ShadingMesh mesh_at(const std::vector<ShadingMesh>& meshes, float cct) {
  if (meshes.empty()) return {};
  const auto above = std::find_if(meshes.begin(), meshes.end(), [&](const ShadingMesh& m) { return m.cct >= cct; });
  if (above == meshes.begin()) return meshes.front();
  if (above == meshes.end()) return meshes.back();
  const ShadingMesh& below = *(above - 1);
  const float weight = (1 / below.cct - 1 / cct) / (1 / below.cct - 1 / above->cct);
  ShadingMesh mesh = below;
  for (std::size_t c = 0; c < 3; c++) {
    for (std::size_t i = 0; i < mesh.gains[c].size(); i++) mesh.gains[c][i] += weight * (above->gains[c][i] - mesh.gains[c][i]);
  }
  mesh.cct = cct;
  return mesh;
}

SiteMesh lens_mesh(const RawFrame& frame, const PipelineParams& params, float cct) {
  SiteMesh mesh = sites_of(mesh_at(params.shading, cct));
  if (params.flat) {
    const ShadingMesh& flat = params.flat->mesh;
    if (params.flat->size != frame.size())
      throw Error("the flat field is " + to_text(params.flat->size) + ", the frame " + to_text(frame.size()));
    mesh = times(mesh, flat.columns, flat.rows, [&](std::size_t site, float x, float y) {
      return bilinear(flat.columns, flat.rows, x, y, nodes_of(flat.gains[kChannel[site]], flat.columns));
    });
  }
  if (frame.opcodes) {
    const OpcodeGains gains(*frame.opcodes, frame.sensor);
    if (!gains.neutral()) {
      return times(mesh, gains.columns(), gains.rows(), [&](std::size_t site, float x, float y) {
        return gains.at(static_cast<int>(site), static_cast<double>(x), static_cast<double>(y));
      });
    }
  }
  const bool measured = !params.shading.empty() || params.flat;
  return frame.lens && !measured ? with_lens(mesh, frame) : mesh;
}

SiteMesh with_gain_map(SiteMesh mesh, const GainMap& map) {
  if (map.columns == 0 && map.rows == 0 && map.gains.empty()) return mesh;
  check(map);
  return times(mesh, map.columns, map.rows, [&](std::size_t site, float x, float y) {
    const std::size_t channel = kChannel[site];
    if (channel == 1) return 1.0f;
    return bilinear(map.columns, map.rows, x, y,
                    [&](int column, int row) { return map.gains[static_cast<std::size_t>(row * map.columns + column)][channel / 2]; });
  });
}

}  // namespace argent
