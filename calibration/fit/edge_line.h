// calibration/fit/edge_line.h - private: straight edges in a mosaic: where they lie, roughly; slanted_edge.h makes it exact.
//
// Source: own. Orientation of blocks by their structure tensor (Bigun and Granlund 1987), then the edge is followed row by row.
#pragma once

#include <string>
#include <vector>

#include "calibration/fit/mosaic_light.h"

namespace argent {

/// Places in pixels, the first from 0 to 1. u = offset + slope t + bow t^2 at t = (v - middle) / half; u along the rows of `axis`.
struct EdgeLine {
  MosaicAxis axis = MosaicAxis::kRows;
  double offset = 0, slope = 0, bow = 0;  ///< pixels
  double middle = 0, half = 1;            ///< pixels: the edge goes from middle - half to middle + half
  double rises = 1;                       ///< 1: light grows with u; -1: it falls

  double at(double v) const {
    const double t = (v - middle) / half;
    return offset + t * (slope + t * bow);
  }
  double tangent(double v) const { return (slope + 2 * bow * (v - middle) / half) / half; }  ///< du / dv
};

struct EdgeCandidates {
  std::vector<EdgeLine> lines;  ///< strongest first; at most 32, each part of an edge once
  std::string refused;          ///< why the strongest of the others is none; empty: there were no others
};

/// Edges of green within `area` of the frame (x, y as they lie), 2 to 20 degrees off an axis or a little beyond, at least 40 pixels long.
EdgeCandidates find_edges(const RawFrame& frame, const Rect& area);

}  // namespace argent
