#include "samples/live/dashboard_state.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "samples/live/data_writers.h"
#include "samples/live/request_text.h"
#include "samples/state_names.h"
#include "samples/trace_log.h"

namespace argent {
namespace {

using Json = nlohmann::ordered_json;

/// JSON has no infinity and no NaN; five digits are more than a screen shows.
Json number(double value) {
  if (!std::isfinite(value)) return nullptr;
  if (value == 0) return 0;
  const double scale = std::pow(10, 5 - std::ceil(std::log10(std::abs(value))));
  return std::isfinite(scale) ? std::round(value * scale) / scale : value;
}

Json numbers(std::span<const double> values) {
  Json out = Json::array();
  for (double value : values) out.push_back(number(value));
  return out;
}

Json settings(const SensorSettings& s) {
  return {
      {"exposure_us", number(s.exposure.count())}, {"analogue_gain", number(s.analogue_gain)}, {"lens_position", number(s.lens_position)}};
}

Json decided(const Decision& decision) {
  Json out = settings(decision.controls.sensor);
  const Vec3& gains = decision.controls.colour_gains;
  out["digital_gain"] = number(decision.controls.digital_gain);
  out["colour_gains"] = {number(gains[0]), number(gains[1]), number(gains[2])};
  out["colour_temperature"] = number(decision.controls.colour_temperature);
  return out;
}

Json states(const Trace& trace) {
  return {{"ae", name_of(trace.exposure.state)},
          {"ae_reason", trace.exposure.reason},
          {"clipped", number(trace.exposure.clipped)},
          {"lux", number(trace.exposure.lux)},
          {"flicker", trace.exposure.flicker.reason},
          {"flicker_period_us", number(trace.exposure.flicker.period_us)},
          {"flicker_modulation", number(trace.exposure.flicker.modulation)},
          {"awb_reason", trace.white_balance.reason},
          {"awb_confidence", number(trace.white_balance.confidence)},
          {"af", name_of(trace.focus.state)},
          {"af_reason", trace.focus.reason}};
}

Json request_of(const Request& request) {
  Json out = Json::object();
  for (const ControlText& control : control_values(request)) out[std::string(control.name)] = control.value;
  return out;
}

Json histogram_of(const Statistics& s) {
  return {{"luma", numbers(bars_of(s.luma))},
          {"red", numbers(bars_of(s.channels[0]))},
          {"green", numbers(bars_of(s.channels[1]))},
          {"blue", numbers(bars_of(s.channels[2]))}};
}

Json rows_of(const Statistics& s, Microseconds line_time) {
  Json means = Json::array();
  for (int i = 0; i < s.bands; i++) means.push_back(number(s.row_means[static_cast<std::size_t>(i)]));
  return {{"means", std::move(means)}, {"band_rows", s.band_rows}, {"line_time_us", number(line_time.count())}};
}

Json zones_of(const Statistics& s) {
  Json zones = Json::array();
  for (int i = 0; i < s.columns * s.rows; i++) {
    const Statistics::Zone& z = s.zones[static_cast<std::size_t>(i)];
    zones.push_back({number(z.mean[0]), number(z.mean[1]), number(z.mean[2]), number(z.clipped), number(z.focus[0])});
  }
  return {{"columns", s.columns}, {"rows", s.rows}, {"values", std::move(zones)}};
}

Json history_of(std::span<const HistoryRow> rows) {
  Json out = Json::array();
  for (const HistoryRow& r : rows) {
    out.push_back({r.frame, std::round(r.seconds * 1e4) / 1e4, number(r.exposure_us), number(r.analogue_gain), number(r.digital_gain),
                   number(r.cct), number(r.lens_position), number(r.measured), number(r.target)});
  }
  return out;
}

}  // namespace

StateParts state_parts_from(std::string_view text) {
  const auto asks = [&](std::string_view part) { return text.find(part) != std::string_view::npos; };
  return {asks("histogram"), asks("rows"), asks("zones")};
}

std::vector<double> bars_of(std::span<const std::uint32_t> bins) {
  std::vector<double> bars(kHistogramBars);
  const double count = double(bins.size());
  for (std::size_t bin = 0; bin < bins.size(); bin++) {
    if (bins[bin] == 0) continue;
    const double from = std::sqrt(double(bin) / count) * kHistogramBars, to = std::sqrt(double(bin + 1) / count) * kHistogramBars;
    const int last = std::min(static_cast<int>(to), kHistogramBars - 1);
    for (int bar = static_cast<int>(from); bar <= last; bar++) {
      const double share = (std::min(to, bar + 1.0) - std::max(from, double(bar))) / (to - from);
      bars[static_cast<std::size_t>(bar)] += bins[bin] * std::max(share, 0.0);
    }
  }
  return bars;
}

std::string state_json(const LiveView::Frame& shown, std::span<const HistoryRow> history, StateParts parts, DashboardUse use) {
  const LiveFrame& frame = shown.frame;
  const Statistics& statistics = *frame.statistics;
  const PictureMap& m = shown.map;
  Json state{{"frame", frame.number},
             {"seconds", statistics.applied.timestamp.count() * 1e-6},
             {"control", use == DashboardUse::kControl},
             {"map", {m.xx, m.xy, m.x0, m.yx, m.yy, m.y0}},
             {"applied", settings(statistics.applied.settings)},
             {"frame_duration_us", number(statistics.applied.frame_duration.count())},
             {"decided", decided(*frame.decision)},
             {"states", states(frame.decision->trace)},
             {"request", request_of(*frame.request)},
             {"explanation", explanation_of(log_line(frame))},
             {"history", history_of(history)}};
  if (parts.histogram) state["histogram"] = histogram_of(statistics);
  if (parts.rows) state["rows"] = rows_of(statistics, shown.line_time);
  if (parts.zones) state["zones"] = zones_of(statistics);
  return state.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace argent
