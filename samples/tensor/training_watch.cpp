#include "samples/tensor/training_watch.h"

#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace argent {
namespace {

template <class... Values>
std::string formatted(const char* format, Values... values) {
  char text[200];
  std::snprintf(text, sizeof text, format, values...);
  return text;
}

}  // namespace

void TrainingWatch::on_step(const tensor::StepReport& report) {
  losses_.push_back(report.loss);
  if (::isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\rbatch %lld of %lld: loss %.4g, rate %.3g   ", static_cast<long long>(report.batch + 1),
               static_cast<long long>(report.batches), report.loss, report.learning_rate);
}

void TrainingWatch::on_epoch(const tensor::EpochReport& report) {
  std::fprintf(stderr, "\repoch %lld: mean loss %.4g%20s\n", static_cast<long long>(report.epoch + 1), report.mean_loss, "");
}

std::string TrainingWatch::loss_plot() const {
  if (losses_.size() < 2) return {};
  constexpr double kWidth = 640, kHeight = 320, kMargin = 40, kLeast = 1e-12;
  std::vector<double> logs;
  for (double loss : losses_) logs.push_back(std::log10(std::max(loss, kLeast)));
  const auto [low, high] = std::minmax_element(logs.begin(), logs.end());
  const double bottom = std::floor(*low), top = std::max(std::ceil(*high), bottom + 1);
  const auto x = [&](std::size_t i) {
    return kMargin + (kWidth - 2 * kMargin) * static_cast<double>(i) / static_cast<double>(logs.size() - 1);
  };
  const auto y = [&](double log) { return kHeight - kMargin - (kHeight - 2 * kMargin) * (log - bottom) / (top - bottom); };
  std::string svg = formatted(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %g %g\" font-family=\"sans-serif\" font-size=\"12\">\n", kWidth, kHeight);
  for (double decade = bottom; decade <= top; decade++) {
    svg += formatted("<line x1=\"%g\" x2=\"%g\" y1=\"%.1f\" y2=\"%.1f\" stroke=\"#ddd\"/><text x=\"4\" y=\"%.1f\">%g</text>\n", kMargin,
                     kWidth - kMargin, y(decade), y(decade), y(decade) + 4, std::pow(10, decade));
  }
  svg += "<polyline fill=\"none\" stroke=\"#06c\" points=\"";
  for (std::size_t i = 0; i < logs.size(); i++) svg += formatted("%.1f,%.1f ", x(i), y(logs[i]));
  return svg + formatted("\"/>\n<text x=\"%g\" y=\"%g\">loss over %zu steps</text>\n</svg>\n", kMargin, kHeight - 12, logs.size());
}

}  // namespace argent
