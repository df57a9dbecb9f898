#include "samples/report.h"

#include <algorithm>
#include <cmath>
#include <cstdarg>
#include <cstdio>

namespace argent {
namespace {

[[gnu::format(printf, 1, 2)]] std::string formatted(const char* format, ...) {
  char text[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return text;
}

/// Level below which `part` of the histogram lies.
float percentile(const std::array<std::uint32_t, Statistics::kBins>& histogram, double part) {
  double total = 0, below = 0;
  for (const std::uint32_t count : histogram) total += count;
  for (std::size_t bin = 0; bin < histogram.size() && total > 0; ++bin) {
    below += histogram[bin];
    if (below >= part * total) return (static_cast<float>(bin) + 0.5f) / Statistics::kBins;
  }
  return 0;
}

std::string exposure_text(double microseconds) {
  if (microseconds <= 0) return "exposure not known";
  if (microseconds >= 0.3e6) return formatted("%.3g s", microseconds / 1e6);
  return formatted("1/%.0f s", 1e6 / microseconds);
}

std::string camera_text(const RawFrame& frame) {
  std::string name = frame.sensor.model.starts_with(frame.sensor.make) ? frame.sensor.model : frame.sensor.make + " " + frame.sensor.model;
  if (name == " " || name.empty()) name = "not known";
  std::string text = name + ", " + exposure_text(frame.applied.settings.exposure.count());
  if (frame.applied.f_number > 0) text += formatted(", f/%.3g", frame.applied.f_number);
  if (frame.applied.settings.exposure.count() > 0) text += formatted(", ISO %.0f", frame.applied.settings.analogue_gain * 100);
  return text;
}

std::string kelvin_text(float cct) { return cct > 0 ? formatted("%.0f K", cct) : std::string("-"); }

std::string gains_text(const Vec3& gains) { return formatted("R %.3f G %.3f B %.3f", gains[0], gains[1], gains[2]); }

/// The light below which a share of the belief lies.
float mired_at(const CurvePosterior& posterior, float share) {
  float below = 0;
  for (int i = 0; i < posterior.size; i++) {
    below += posterior.probability[static_cast<std::size_t>(i)];
    if (below >= share) return posterior.mired[static_cast<std::size_t>(i)];
  }
  return posterior.mired[static_cast<std::size_t>(posterior.size - 1)];
}

/// A bar for each sixteenth of the range from 100 to 500 mired: blue light on the left, candles on the right.
std::string bars_of(const CurvePosterior& posterior) {
  constexpr std::size_t kBars = 16;
  constexpr const char* kHeights[] = {" ", "\u2581", "\u2582", "\u2583", "\u2584", "\u2585", "\u2586", "\u2587", "\u2588"};
  std::array<float, kBars> sums{};
  for (int i = 0; i < posterior.size; i++) {
    const float place = (posterior.mired[static_cast<std::size_t>(i)] - 100) / 400 * kBars;
    sums[static_cast<std::size_t>(std::clamp(place, 0.0f, kBars - 1.0f))] += posterior.probability[static_cast<std::size_t>(i)];
  }
  const float top = *std::max_element(sums.begin(), sums.end());
  std::string text = "|";
  for (float sum : sums) text += kHeights[static_cast<std::size_t>(std::lround(8 * sum / top))];
  return text + "|";
}

std::string opinion_text(const EstimatorOpinion& opinion) {
  std::string text = formatted("%.*s: %s, evidence %.2f", static_cast<int>(opinion.name.size()), opinion.name.data(),
                               gains_text(gains_of(opinion.illuminant)).c_str(), opinion.illuminant.evidence);
  const CurvePosterior& posterior = opinion.illuminant.posterior;
  if (posterior.size == 0) return text;
  return text +
         formatted(", %.0f K (%.0f to %.0f) ", 1e6f / mired_at(posterior, 0.5f), 1e6f / mired_at(posterior, 0.84f),
                   1e6f / mired_at(posterior, 0.16f)) +
         bars_of(posterior);
}

std::string light_text(const Trace& trace, const Controls& decided) {
  const std::string lux = trace.exposure.lux > 0 ? formatted("about %.3g lux", trace.exposure.lux) : "lux not known";
  const std::string cct = decided.colour_temperature > 0 ? kelvin_text(decided.colour_temperature) : "cct not known";
  return formatted("%s, %s, Duv %+.4f, confidence %.2f", lux.c_str(), cct.c_str(), trace.white_balance.duv, trace.white_balance.confidence);
}

std::string_view title_of(ColorSpace space) {
  switch (space) {
    case ColorSpace::kSrgb:
      return "sRGB";
    case ColorSpace::kDisplayP3:
      return "Display P3";
    case ColorSpace::kRec2020:
      return "Rec. 2020";
    case ColorSpace::kRec2100Pq:
      return "Rec. 2100";
    case ColorSpace::kCamera:
      break;
  }
  return "camera color";
}

const char* curve_name(ColorSpace space) { return space == ColorSpace::kRec2100Pq ? "PQ" : "sRGB curve"; }

std::string picture_text(const DevelopReport& report) {
  return formatted("%dx%d, %d bit %s, %s, %s", report.picture.size.width, report.picture.size.height,
                   static_cast<int>(8 * sample_size(report.picture.type)), name_of(report.output.format),
                   std::string(title_of(report.picture.color_space)).c_str(),
                   report.picture.encoding == Encoding::kLinear ? "linear" : curve_name(report.picture.color_space));
}

}  // namespace

StatisticsSummary summary_of(const Statistics& statistics) {
  StatisticsSummary summary;
  std::array<double, 3> sum{}, count{};
  double clipped = 0, dark = 0, pixels = 0;
  for (int i = 0; i < statistics.columns * statistics.rows; ++i) {
    const Statistics::Zone& zone = statistics.zones[static_cast<std::size_t>(i)];
    double zone_pixels = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      sum[c] += static_cast<double>(zone.mean[c]) * zone.count[c];
      count[c] += zone.count[c];
      zone_pixels += zone.count[c];
    }
    clipped += zone.clipped * zone_pixels;
    dark += zone.dark * zone_pixels;
    pixels += zone_pixels;
  }
  for (std::size_t c = 0; c < 3; ++c) summary.mean[c] = count[c] > 0 ? static_cast<float>(sum[c] / count[c]) : 0;
  summary.clipped = pixels > 0 ? static_cast<float>(clipped / pixels) : 0;
  summary.dark = pixels > 0 ? static_cast<float>(dark / pixels) : 0;
  summary.luma_low = percentile(statistics.luma, 0.01);
  summary.luma_median = percentile(statistics.luma, 0.5);
  summary.luma_high = percentile(statistics.luma, 0.99);
  return summary;
}

Vec3 gains_of(const Illuminant& illuminant) { return {std::exp(-illuminant.mean[0]), 1, std::exp(-illuminant.mean[1])}; }

std::string text_of(const DevelopReport& report) {
  const Trace& trace = report.measured.decision.trace;
  const Controls& decided = report.measured.decision.controls;
  const ExposureTrace& exposure = trace.exposure;
  const StepTimes& times = report.measured.times;
  const auto line = [](const char* name, const std::string& text) { return formatted("  %-9s ", name) + text + "\n"; };

  std::string text = report.measured.file.string() + " -> " + report.output.file.string() + "\n";
  text += line("picture", picture_text(report));
  text += line("camera", camera_text(report.measured.frame));
  if (report.measured.frame.lens) text += line("lens", report.measured.frame.lens->lens + " (lensfun)");
  text += line("balance", gains_text(report.controls.colour_gains) + ", " + kelvin_text(report.controls.colour_temperature) + " (" +
                              std::string(name_of(report.choices.white_balance.mode)) + ")");
  text += line("exposure",
               formatted("digital gain %.3f (", report.controls.digital_gain) + std::string(name_of(report.choices.exposure.mode)) + ")");
  text += line("3A light", light_text(trace, decided));
  text += line("3A gains", gains_text(decided.colour_gains) + " (" + std::string(trace.white_balance.reason) + ")");
  for (const EstimatorOpinion& opinion : trace.white_balance.opinions) text += line("", opinion_text(opinion));
  text += line("3A expos.", formatted("error %+.2f EV (", exposure.error) + std::string(exposure.reason) +
                                formatted("), clipped %.2f %%, dark %.2f %%", 100 * exposure.clipped, 100 * exposure.dark));
  text += line("3A focus", formatted("%.4g fine, %.4g coarse", trace.focus.score[0], trace.focus.score[1]));
  text += line("times", formatted("decode %.1f, measure %.1f, decide %.1f, render %.1f, encode %.1f ms", times.decode, times.measure,
                                  times.decide, times.render, times.encode));
  return text;
}

std::string table_header(std::size_t file_width) {
  std::string text = "file";
  text.resize(std::max<std::size_t>(file_width, 4), ' ');
  return text + "  error EV       lux     cct       R       G       B  conf.  clipped %     focus\n";
}

std::string table_row(const MeasureReport& report, std::size_t file_width, Verbosity verbosity) {
  const Trace& trace = report.decision.trace;
  const Vec3& gains = report.decision.controls.colour_gains;
  std::string text = report.file.string();
  text.resize(std::max({text.size(), file_width, std::size_t{4}}), ' ');
  const std::string lux = trace.exposure.lux > 0 ? formatted("%.3g", trace.exposure.lux) : "-";
  const std::string cct =
      report.decision.controls.colour_temperature > 0 ? formatted("%.0f", report.decision.controls.colour_temperature) : "-";
  text += formatted("  %+8.2f  %8s  %6s  %6.3f  %6.3f  %6.3f  %5.2f  %9.2f  %8.3g\n", trace.exposure.error, lux.c_str(), cct.c_str(),
                    gains[0], gains[1], gains[2], trace.white_balance.confidence, 100 * trace.exposure.clipped, trace.focus.score[0]);
  if (verbosity != Verbosity::kVerbose) return text;
  for (const EstimatorOpinion& opinion : trace.white_balance.opinions) text += "    " + opinion_text(opinion) + "\n";
  return text;
}

}  // namespace argent
