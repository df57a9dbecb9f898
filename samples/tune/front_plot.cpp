#include "samples/tune/front_plot.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <numeric>

#include "samples/plot_page.h"

namespace argent {
namespace {

constexpr double kWidth = 560, kHeight = 420, kLeft = 64, kRight = 16, kTop = 16, kBottom = 48;
constexpr double kFarthest = 2;  // ratio: dots beyond are of no interest
constexpr std::size_t kMostDots = 1500;

struct Axis {
  std::size_t term = 0;
  double low = 1, high = 1;

  void include(double value) {
    if (!std::isfinite(value)) return;
    low = std::min(low, value);
    high = std::max(high, value);
  }
  double share(double value) const { return (value - low) / (high - low); }
};

template <class... Values>
std::string part(const char* format, Values... values) {
  std::array<char, 400> text{};
  std::snprintf(text.data(), text.size(), format, values...);
  return text.data();
}

double spread(const TuneResult& result, std::size_t term) {
  Axis axis{term, 1, 1};
  for (const TuneCandidate& one : result.candidates) axis.include(one.held_out.ratio[term]);
  for (const auto& ratios : result.all_ratios) axis.include(std::clamp(ratios[term], 1 / kFarthest, kFarthest) * 1e-3 + 1);
  return axis.high - axis.low;
}

class Plot {
 public:
  Plot(const TuneResult& result, std::size_t across, std::size_t up) : result_(result), x_{across, 1, 1}, y_{up, 1, 1} {
    for (Axis* axis : {&x_, &y_}) {
      for (const TuneCandidate& one : result.candidates) axis->include(one.held_out.ratio[axis->term]);
      for (const TuneCandidate& one : result.candidates) axis->include(one.seen.ratio[axis->term]);
      const double room = std::max(0.12 * (axis->high - axis->low), 0.01);
      axis->low -= room;
      axis->high += room;
    }
  }

  std::string svg() {
    std::string out = part("<svg class=\"front\" viewBox=\"0 0 %.0f %.0f\" width=\"%.0f\" height=\"%.0f\" role=\"img\">", kWidth, kHeight,
                           kWidth, kHeight);
    out += grid() + dots() + front();
    for (std::size_t i = 0; i < result_.candidates.size(); i++) out += candidate(i);
    out += part(
        "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"5\" fill=\"#fff\" stroke=\"#111\" stroke-width=\"2\"/>"
        "<text x=\"%.1f\" y=\"%.1f\">start</text>",
        left(1), top(1), left(1) + 8, top(1) + 14);
    return out + "</svg>\n";
  }

 private:
  double left(double value) const { return kLeft + x_.share(value) * (kWidth - kLeft - kRight); }
  double top(double value) const { return kHeight - kBottom - y_.share(value) * (kHeight - kTop - kBottom); }
  double left(const std::vector<double>& ratios) const { return left(ratios[x_.term]); }
  double top(const std::vector<double>& ratios) const { return top(ratios[y_.term]); }

  std::string grid() const {
    std::string out;
    constexpr int kLines = 5;
    for (int i = 0; i <= kLines; i++) {
      const double x = std::lerp(x_.low, x_.high, double(i) / kLines), y = std::lerp(y_.low, y_.high, double(i) / kLines);
      out += part("<path d=\"M%.1f %.1fV%.1fM%.1f %.1fH%.1f\" stroke=\"#ddd\"/>", left(x), kTop, kHeight - kBottom, kLeft, top(y),
                  kWidth - kRight);
      out += part("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%.3g</text>", left(x), kHeight - kBottom + 16, x);
      out += part("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>", kLeft - 6, top(y) + 4, y);
    }
    out += part("<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">", (kLeft + kWidth - kRight) / 2, kHeight - 10) +
           html_of(result_.terms[x_.term]) + ", of the start's</text>";
    return out + part("<text transform=\"translate(14 %.1f) rotate(-90)\" text-anchor=\"middle\">", (kTop + kHeight - kBottom) / 2) +
           html_of(result_.terms[y_.term]) + ", of the start's</text>";
  }

  std::string dots() const {
    std::string out = "<g fill=\"#999\">";
    const std::size_t step = result_.all_ratios.size() / kMostDots + 1;
    for (std::size_t i = 0; i < result_.all_ratios.size(); i += step) {
      const double x = result_.all_ratios[i][x_.term], y = result_.all_ratios[i][y_.term];
      if (x >= x_.low && x <= x_.high && y >= y_.low && y <= y_.high)
        out += part("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"1.5\"/>", left(x), top(y));
    }
    return out + "</g>";
  }

  std::string front() const {
    std::vector<std::size_t> order = result_.front();
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return result_.candidates[a].held_out.ratio[x_.term] < result_.candidates[b].held_out.ratio[x_.term];
    });
    std::string points;
    for (std::size_t i : order)
      points += part("%.1f,%.1f ", left(result_.candidates[i].held_out.ratio), top(result_.candidates[i].held_out.ratio));
    return "<polyline points=\"" + points + "\" fill=\"none\" stroke=\"#1558b0\" stroke-width=\"1.5\"/>";
  }

  std::string candidate(std::size_t i) const {
    const TuneCandidate& one = result_.candidates[i];
    const double x = left(one.held_out.ratio), y = top(one.held_out.ratio);
    return part("<circle cx=\"%.1f\" cy=\"%.1f\" r=\"%d\" fill=\"%s\"/><text x=\"%.1f\" y=\"%.1f\" font-weight=\"600\">%zu</text>", x, y,
                i == result_.picked ? 7 : 4, one.on_front ? "#1558b0" : "#c2570c", x + 8, y - 6, i);
  }

  const TuneResult& result_;
  Axis x_, y_;
};

}  // namespace

std::string front_plot(const TuneResult& result) {
  if (result.terms.size() < 2) return "";
  std::vector<std::size_t> terms(result.terms.size());
  std::iota(terms.begin(), terms.end(), 0);
  std::stable_sort(terms.begin(), terms.end(), [&](std::size_t a, std::size_t b) { return spread(result, a) > spread(result, b); });
  if (!(spread(result, terms[1]) > 0)) return "";
  return Plot(result, terms[0], terms[1]).svg();
}

}  // namespace argent
