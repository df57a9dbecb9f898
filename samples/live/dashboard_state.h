// samples/live/dashboard_state.h - what the dashboard's page is told of a frame, as JSON.
//
// frame, seconds, size, map (PictureMap), applied, decided, states, request (controls as text), explanation, and what `parts` asks for:
//   histogram  counts in kHistogramBars bars of sqrt(light): luma after white balance, red, green and blue before
//   rows       mean green level of each band of rows, with band_rows and line_time_us
//   zones      columns, rows, and for each zone red, green, blue, clipped, focus
//   history    rows of frame, seconds, exposure_us, analogue_gain, digital_gain, cct, lens_position, measured, target
#pragma once

#include <span>
#include <string>
#include <vector>

#include "samples/live/dashboard_access.h"
#include "samples/live/live_view.h"

namespace argent {

inline constexpr int kHistogramBars = 128;

struct StateParts {
  bool histogram = false, rows = false, zones = false;
};

/// "histogram,zones"; what it does not know is passed over.
StateParts state_parts_from(std::string_view text);

/// Counts of equal steps of light, in bars of equal steps of its square root: a bin that several bars share is divided among them.
std::vector<double> bars_of(std::span<const std::uint32_t> bins);

std::string state_json(const LiveView::Frame& frame, std::span<const HistoryRow> history, StateParts parts, DashboardUse use);

}  // namespace argent
