// isp/bilinear.h - between the nodes of a grid that lie on the borders of what it covers, as a ShadingMesh's and a GainMap's.
#pragma once

#include <algorithm>

namespace argent {

/// Two nodes and the share of the second.
struct BetweenNodes {
  int node = 0, next = 0;
  float share = 0;
};

/// `position`: 0..1 from the first node to the last, clamped to it. `nodes`: at least 1.
inline BetweenNodes between_nodes(int nodes, float position) {
  const float place = std::clamp(position, 0.0f, 1.0f) * static_cast<float>(nodes - 1);
  const int node = std::min(static_cast<int>(place), nodes - 1);
  return {node, std::min(node + 1, nodes - 1), place - static_cast<float>(node)};
}

/// `at`: the float of a node, by column and row. x, y: 0..1 of what the grid covers.
template <class At>
float bilinear(int columns, int rows, float x, float y, At at) {
  const BetweenNodes across = between_nodes(columns, x), down = between_nodes(rows, y);
  const auto along = [&](int row) {
    const float left = at(across.node, row);
    return left + (at(across.next, row) - left) * across.share;
  };
  const float above = along(down.node);
  return above + (along(down.next) - above) * down.share;
}

}  // namespace argent
