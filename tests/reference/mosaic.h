// reference/mosaic.h - slow twin of stages/quads.h, xtrans_cells.h, planes.h, black_level.h and lens_shading.h: one sample at a time, in
// double.
#pragma once

#include <algorithm>
#include <cmath>

#include "isp/frame.h"
#include "isp/pipeline_params.h"

namespace argent::reference {

/// Reflects without repeating the border; sizes too small to reflect in are clamped.
inline int mirror(int i, int extent) {
  if (i < 0) i = -i;
  if (i > extent - 1) i = 2 * (extent - 1) - i;
  return std::clamp(i, 0, extent - 1);
}

/// Remainder that is never negative.
inline int modulo(int i, int of) { return ((i % of) + of) % of; }
inline int parity(int i) { return modulo(i, 2); }

/// 0 R, 1 G on R's rows, 2 G on B's rows, 3 B, of pixel (x, y) of the active array, also outside it.
inline int site_of(CfaPattern cfa, int x, int y) {
  const int dx = cfa == CfaPattern::kGrbg || cfa == CfaPattern::kBggr, dy = cfa == CfaPattern::kGbrg || cfa == CfaPattern::kBggr;
  return parity(y - dy) * 2 + parity(x - dx);
}

/// Of an X-Trans mosaic, where greens have the levels of the first, also outside of the active array.
inline int xtrans_site(const SensorInfo& sensor, int x, int y) {
  constexpr int kSites[3] = {0, 1, 3};
  return kSites[color_at(sensor, modulo(x, 6), modulo(y, 6))];
}

inline int site_of(const SensorInfo& sensor, int x, int y) {
  return sensor.cfa == CfaPattern::kXTrans ? xtrans_site(sensor, x, y) : site_of(sensor.cfa, x, y);
}

/// Column and row of a pixel in its Bayer quad or X-Trans cell; 0, 0 without a mosaic.
struct InCell {
  int column, row;
};
inline InCell in_cell(const SensorInfo& sensor, int x, int y) {
  if (sensor.cfa == CfaPattern::kXTrans) return {modulo(x + sensor.cfa_phase.x, 3), modulo(y + sensor.cfa_phase.y, 3)};
  const int site = is_bayer(sensor.cfa) ? site_of(sensor.cfa, x, y) : 0;
  return {site % 2, site / 2};
}

/// Reflects about the first and the last middle of an X-Trans cell inside, which keeps the color.
inline int mirror_about_middles(int i, int extent, int phase) {
  int first = 0, last = extent - 1;
  while ((first + phase) % 3 != 1) first++;
  while (modulo(last + phase, 3) != 1) last--;
  if (i < 0) i = 2 * first - i;
  if (i > extent - 1) i = 2 * last - i;
  return std::clamp(i, 0, extent - 1);
}

inline int channel_of(int site) { return site == 0 ? 0 : site == 3 ? 2 : 1; }

inline double code(const RawFrame& frame, int x, int y, int channel) {
  const int step = samples_per_pixel(frame.sensor.cfa);
  if (frame.sensor.cfa == CfaPattern::kXTrans) {
    const auto [px, py] = frame.sensor.cfa_phase;
    return frame.data[mirror_about_middles(y, frame.size().height, py) * frame.stride + mirror_about_middles(x, frame.size().width, px)];
  }
  const std::ptrdiff_t row = mirror(y, frame.size().height) * frame.stride;
  return frame.data[row + mirror(x, frame.size().width) * step + (step == 3 ? channel : 0)];
}

/// 0 = black, 1 = saturation.
inline double light(const RawFrame& frame, int x, int y, int site) {
  const auto s = static_cast<std::size_t>(site);
  const double black = frame.sensor.black[s], white = frame.sensor.white[s];
  return (code(frame, x, y, channel_of(site)) - black) / (white - black);
}

/// Bilinear in the mesh at fractions (u, v) of the active array.
inline double mesh_gain(const ShadingMesh& mesh, int channel, double u, double v) {
  const auto& gains = mesh.gains[static_cast<std::size_t>(channel)];
  const double x = std::clamp(u, 0.0, 1.0) * (mesh.columns - 1), y = std::clamp(v, 0.0, 1.0) * (mesh.rows - 1);
  const int x0 = static_cast<int>(x), y0 = static_cast<int>(y), x1 = std::min(x0 + 1, mesh.columns - 1),
            y1 = std::min(y0 + 1, mesh.rows - 1);
  const auto at = [&](int column, int row) { return double(gains[static_cast<std::size_t>(row * mesh.columns + column)]); };
  const double above = at(x0, y0) + (at(x1, y0) - at(x0, y0)) * (x - x0), below = at(x0, y1) + (at(x1, y1) - at(x0, y1)) * (x - x0);
  return above + (below - above) * (y - y0);
}

/// Gain of the lens where pixel (x, y) lies: a Bayer quad or X-Trans cell has one gain, that of its centre.
inline double lens_gain(const RawFrame& frame, const ShadingMesh& mesh, int x, int y, int channel) {
  const double half = cell_side(frame.sensor.cfa) / 2.0;
  const InCell at = in_cell(frame.sensor, x, y);
  const double cx = x - at.column + half, cy = y - at.row + half;
  return mesh_gain(mesh, channel, cx / frame.size().width, cy / frame.size().height);
}

}  // namespace argent::reference
