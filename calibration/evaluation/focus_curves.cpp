#include "calibration/evaluation/focus_curves.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <random>
#include <string_view>

#include "aaa/focus_search.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kMaxFile = 256u << 20;  // bytes of text
constexpr int kMaxPosition = 100'000;
constexpr int kRight = 1, kFalse = 5;  // positions
constexpr float kSweepShare = 0.7f;    // of the visits go into the even sweep, the others refine
constexpr int kMaxSweep = 16;          // positions of the even sweep: more find nothing more
constexpr float kAmbiguous = 2;        // an interval that was not looked into could hold that many times the best

std::string read_text(const std::filesystem::path& path) {
  const std::unique_ptr<gzFile_s, int (*)(gzFile)> file(gzopen(path.c_str(), "rb"), gzclose);
  if (!file) throw Error(path.string() + ": can't be opened");
  std::string text;
  std::vector<char> part(1 << 16);
  for (int n; (n = gzread(file.get(), part.data(), static_cast<unsigned>(part.size()))) != 0;) {
    if (n < 0) throw Error(path.string() + ": damaged gzip data");
    text.append(part.data(), static_cast<std::size_t>(n));
    if (text.size() > kMaxFile) throw Error(path.string() + ": more than " + std::to_string(kMaxFile) + " bytes of text");
  }
  return text;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(separator, at), text.size());
    out.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  if (!out.back().empty() && out.back().back() == '\r') out.back().remove_suffix(1);
  return out;
}

double number(std::string_view text, const std::string& where) {
  double out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(out)) {
    throw Error(where + ": found \"" + std::string(text.substr(0, 40)) + "\", expected a number");
  }
  return out;
}

int position(std::string_view text, const std::string& where) {
  const double value = number(text, where);
  if (value < 0 || value > kMaxPosition)
    throw Error(where + ": position " + std::string(text) + ", expected 0.." + std::to_string(kMaxPosition));
  return static_cast<int>(std::lround(value));
}

std::size_t column_of(const std::vector<std::string_view>& header, const std::string& name, const std::string& file) {
  const auto found = std::find(header.begin(), header.end(), name);
  if (found != header.end()) return static_cast<std::size_t>(found - header.begin());
  std::string known;
  for (std::string_view column : header) known += (known.empty() ? "" : ", ") + std::string(column);
  throw Error(file + ": no column " + name + ", found " + known);
}

struct Outcome {
  int position = 0, visits = 0;
  bool focused = true;
};

Outcome search(const FocusCurve& curve, int visits, int start) {
  const int size = static_cast<int>(curve.scores.size());
  const int coarse = std::clamp(static_cast<int>(std::lround(kSweepShare * static_cast<float>(visits))), 1, kMaxSweep);
  FocusSearch search({0, static_cast<float>(size - 1), 1, coarse, visits});
  const auto visit = [&](int at) { search.add({static_cast<float>(at), curve.scores[static_cast<std::size_t>(at)]}); };
  visit(start);
  while (const auto next = search.next()) visit(std::clamp(static_cast<int>(std::lround(*next)), 0, size - 1));
  Outcome out;
  out.visits = static_cast<int>(search.samples().size());
  out.position = curve.first + static_cast<int>(std::lround(search.best().position));
  out.focused = search.best().score > 0 && search.missed() < kAmbiguous;
  return out;
}

FocusCurveScore tally(const std::string& row, const std::vector<FocusCurve>& curves, const std::vector<std::vector<Outcome>>& outcomes) {
  FocusCurveScore out{.row = row};
  for (std::size_t i = 0; i < curves.size(); i++) {
    for (const Outcome& o : outcomes[i]) {
      const int error = std::abs(o.position - curves[i].peak);
      out.runs++;
      out.right += o.focused && error <= kRight;
      out.false_focused += o.focused && error > kFalse;
      out.failed += !o.focused;
      out.visits += o.visits;
    }
  }
  for (double* share : {&out.right, &out.false_focused, &out.failed, &out.visits}) *share /= std::max(out.runs, 1);
  return out;
}

}  // namespace

std::vector<FocusCurve> load_focus_curves(const std::filesystem::path& path, const std::string& measure) {
  const std::string text = read_text(path), name = path.string();
  const std::vector<std::string_view> lines = split(text, '\n');
  const std::vector<std::string_view> header = split(lines[0], ',');
  const std::size_t curve_column = column_of(header, "seq", name), peak_column = column_of(header, "pos_peak_idx", name),
                    position_column = column_of(header, "pos_idx", name), score_column = column_of(header, measure, name);
  struct Point {
    int position, peak;
    float score;
  };
  std::map<double, std::vector<Point>> points;
  for (std::size_t i = 1; i < lines.size(); i++) {
    if (lines[i].empty() || lines[i] == "\r") continue;
    const std::string where = name + ":" + std::to_string(i + 1);
    const std::vector<std::string_view> cells = split(lines[i], ',');
    if (cells.size() != header.size()) {
      throw Error(where + ": found " + std::to_string(cells.size()) + " columns, expected " + std::to_string(header.size()));
    }
    points[number(cells[curve_column], where)].push_back({position(cells[position_column], where), position(cells[peak_column], where),
                                                          static_cast<float>(std::max(number(cells[score_column], where), 0.0))});
  }
  if (points.empty()) throw Error(name + ": no curves");
  std::vector<FocusCurve> out;
  for (auto& [sequence, curve] : points) {
    std::sort(curve.begin(), curve.end(), [](const Point& a, const Point& b) { return a.position < b.position; });
    FocusCurve next{curve[0].peak, curve[0].position, {}};
    for (const Point& point : curve) {
      if (point.position != next.first + static_cast<int>(next.scores.size())) {
        throw Error(name + ": curve " + std::to_string(sequence) + " goes on with position " + std::to_string(point.position) +
                    ", expected " + std::to_string(next.first + static_cast<int>(next.scores.size())));
      }
      next.scores.push_back(point.score);
    }
    out.push_back(std::move(next));
  }
  return out;
}

std::vector<FocusCurveScore> score_focus_curves(const std::vector<FocusCurve>& curves, const FocusCurveOptions& options) {
  std::vector<FocusCurveScore> out;
  const auto row = [&](const std::string& name, const auto& outcome) {
    std::vector<std::vector<Outcome>> outcomes(curves.size());
    for (std::size_t i = 0; i < curves.size(); i++) {
      for (int seed = 0; seed < options.seeds; seed++) {
        // A curve and a seed have one start position, whatever the row. Not a distribution of the library: they differ between libraries.
        std::mt19937 random(options.first_seed + static_cast<std::uint32_t>(seed) * 7919u + static_cast<std::uint32_t>(i) * 104729u);
        outcomes[i].push_back(outcome(curves[i], static_cast<int>(random() % curves[i].scores.size())));
      }
    }
    out.push_back(tally(name, curves, outcomes));
  };
  for (int visits : options.visits) {
    row(std::to_string(visits) + " visits", [&](const FocusCurve& curve, int start) { return search(curve, visits, start); });
  }
  row("every position", [](const FocusCurve& curve, int) {
    const auto highest = std::max_element(curve.scores.begin(), curve.scores.end());
    return Outcome{curve.first + static_cast<int>(highest - curve.scores.begin()), static_cast<int>(curve.scores.size())};
  });
  row("always 50", [](const FocusCurve&, int) { return Outcome{50, 0}; });
  return out;
}

}  // namespace argent
