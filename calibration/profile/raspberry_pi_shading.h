// calibration/profile/raspberry_pi_shading.h - private: Raspberry Pi's tables of lens shading and our meshes of it.
//
// Their values are means of cells that tile the picture; ours stand at nodes, the outer ones on its borders. Shape: rows x columns.
#pragma once

#include <vector>

namespace argent {

struct MeshSize {
  int columns = 1, rows = 1;
  bool operator==(const MeshSize&) const = default;
  int count() const { return columns * rows; }
};

inline constexpr MeshSize kVc4Mesh{16, 12}, kPispMesh{32, 32};

/// Cells, linear between their centres and constant beyond the outer ones, at as many nodes. Both sides at least 2.
std::vector<float> nodes_of_cells(const std::vector<float>& cells, MeshSize size);

/// The way back: the cells of which nodes_of_cells() makes these nodes.
std::vector<float> cells_of_nodes(const std::vector<float>& nodes, MeshSize size);

/// A mesh of nodes, bilinear, at the nodes of another, or at the centres of another's cells.
std::vector<float> resampled_nodes(const std::vector<float>& nodes, MeshSize from, MeshSize to);
std::vector<float> cells_under_nodes(const std::vector<float>& nodes, MeshSize from, MeshSize to);

/// Cells at the centres of other cells; linear beyond the outer centres, as the lens goes on there.
std::vector<float> resampled_cells(const std::vector<float>& cells, MeshSize from, MeshSize to);

}  // namespace argent
