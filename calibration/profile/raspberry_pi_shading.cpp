#include "calibration/profile/raspberry_pi_shading.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

/// Where node i of n lies among the centres of n cells.
float node_among_cells(int i, int n) {
  const float at = static_cast<float>(i) / static_cast<float>(n - 1) * static_cast<float>(n) - 0.5f;
  return std::clamp(at, 0.0f, static_cast<float>(n - 1));
}

/// A table at other places; `across(i)` and `down(j)` say where among its own columns and rows.
template <class Across, class Down>
std::vector<float> sampled(const std::vector<float>& values, MeshSize from, MeshSize to, Across across, Down down) {
  const auto first_of = [](float at, int n) { return std::clamp(static_cast<int>(std::floor(at)), 0, std::max(0, n - 2)); };
  const auto value = [&](int x, int y) {
    return values[static_cast<std::size_t>(std::min(y, from.rows - 1) * from.columns + std::min(x, from.columns - 1))];
  };
  std::vector<float> out;
  for (int j = 0; j < to.rows; j++) {
    const float y = down(j);
    const int y0 = first_of(y, from.rows);
    for (int i = 0; i < to.columns; i++) {
      const float x = across(i);
      const int x0 = first_of(x, from.columns);
      const float fx = x - static_cast<float>(x0), fy = y - static_cast<float>(y0);
      out.push_back(
          std::lerp(std::lerp(value(x0, y0), value(x0 + 1, y0), fx), std::lerp(value(x0, y0 + 1), value(x0 + 1, y0 + 1), fx), fy));
    }
  }
  return out;
}

/// One line of nodes_of_cells(), solved. Up to the middle a node lies between the cell before and its own, from there on between its own
/// and the one after, never nearer to that than to its own: two substitutions from the borders, in which errors shrink.
template <class At>
void solve_line(int n, At at) {
  for (int i = 1; i < n; i++) {
    const float own = node_among_cells(i, n) - static_cast<float>(i - 1);
    if (own > 1) break;
    at(i) = (at(i) - (1 - own) * at(i - 1)) / own;
  }
  for (int i = n - 2; i >= 0; i--) {
    const float other = node_among_cells(i, n) - static_cast<float>(i);
    if (other <= 0) break;
    at(i) = (at(i) - other * at(i + 1)) / (1 - other);
  }
}

float centre_among_nodes(int i, int cells, int nodes) {
  return (static_cast<float>(i) + 0.5f) / static_cast<float>(cells) * static_cast<float>(nodes - 1);
}

float centre_among_cells(int i, int to, int from) {
  return (static_cast<float>(i) + 0.5f) / static_cast<float>(to) * static_cast<float>(from) - 0.5f;
}

float node_among_nodes(int i, int to, int from) {
  return to == 1 ? 0.5f * static_cast<float>(from - 1) : static_cast<float>(i) / static_cast<float>(to - 1) * static_cast<float>(from - 1);
}

}  // namespace

std::vector<float> nodes_of_cells(const std::vector<float>& cells, MeshSize size) {
  return sampled(
      cells, size, size, [&](int i) { return node_among_cells(i, size.columns); }, [&](int j) { return node_among_cells(j, size.rows); });
}

std::vector<float> cells_of_nodes(const std::vector<float>& nodes, MeshSize size) {
  std::vector<float> out = nodes;
  const auto at = [&](int x, int y) -> float& { return out[static_cast<std::size_t>(y * size.columns + x)]; };
  for (int y = 0; y < size.rows; y++) solve_line(size.columns, [&](int x) -> float& { return at(x, y); });
  for (int x = 0; x < size.columns; x++) solve_line(size.rows, [&](int y) -> float& { return at(x, y); });
  return out;
}

std::vector<float> resampled_nodes(const std::vector<float>& nodes, MeshSize from, MeshSize to) {
  return sampled(
      nodes, from, to, [&](int i) { return node_among_nodes(i, to.columns, from.columns); },
      [&](int j) { return node_among_nodes(j, to.rows, from.rows); });
}

std::vector<float> cells_under_nodes(const std::vector<float>& nodes, MeshSize from, MeshSize to) {
  return sampled(
      nodes, from, to, [&](int i) { return centre_among_nodes(i, to.columns, from.columns); },
      [&](int j) { return centre_among_nodes(j, to.rows, from.rows); });
}

std::vector<float> resampled_cells(const std::vector<float>& cells, MeshSize from, MeshSize to) {
  return sampled(
      cells, from, to, [&](int i) { return centre_among_cells(i, to.columns, from.columns); },
      [&](int j) { return centre_among_cells(j, to.rows, from.rows); });
}

}  // namespace argent
