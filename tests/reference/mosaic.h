// reference/mosaic.h - slow twin of stages/quads.h, planes.h, black_level.h and lens_shading.h: one sample at a time, in double.
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
inline int parity(int i) { return ((i % 2) + 2) % 2; }

/// 0 R, 1 G on R's rows, 2 G on B's rows, 3 B, of pixel (x, y) of the active array, also outside it.
inline int site_of(CfaPattern cfa, int x, int y) {
  const int dx = cfa == CfaPattern::kGrbg || cfa == CfaPattern::kBggr, dy = cfa == CfaPattern::kGbrg || cfa == CfaPattern::kBggr;
  return parity(y - dy) * 2 + parity(x - dx);
}

inline int channel_of(int site) { return site == 0 ? 0 : site == 3 ? 2 : 1; }

inline double code(const RawFrame& frame, int x, int y, int channel) {
  const int step = samples_per_pixel(frame.sensor.cfa);
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

/// Gain of the lens where pixel (x, y) lies: a Bayer quad has one gain, that of its centre.
inline double lens_gain(const RawFrame& frame, const ShadingMesh& mesh, int x, int y, int channel) {
  double cx = x + 0.5, cy = y + 0.5;
  if (is_bayer(frame.sensor.cfa)) {
    const int site = site_of(frame.sensor.cfa, x, y);
    cx = x - site % 2 + 1;
    cy = y - site / 2 + 1;
  }
  return mesh_gain(mesh, channel, cx / frame.size().width, cy / frame.size().height);
}

}  // namespace argent::reference
