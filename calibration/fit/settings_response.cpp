#include "calibration/fit/settings_response.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <string>

#include "models/runtime/error.h"

namespace argent {
namespace {

constexpr std::size_t kFewest = 12, kMost = 1'000'000;  // frames
constexpr int kDelays = SettingsResponse::kMostDelay + 1;
constexpr int kChanges = 3;
constexpr double kLeastRange = 1.2;  // of the largest setting to the smallest
constexpr double kSteady = 0.1, kSure = 2;
constexpr double kTrust = 0.1;         // frames: what a gain's name weighs against the frames that had it
constexpr double kLeastMisfit = 1e-4;  // no light is steadier

struct Asked {
  double exposure = 0, gain = 1;
};

void check_frames(std::span<const SettingsFrame> frames) {
  if (frames.size() < kFewest || frames.size() > kMost) throw Error("found ", frames.size(), " frames, expected ", kFewest, " to ", kMost);
  const auto good = [](double value) { return std::isfinite(value) && value > 0; };
  for (std::size_t i = 0; i < frames.size(); i++) {
    const SettingsFrame& frame = frames[i];
    if (!good(frame.asked_exposure.count()) || !good(static_cast<double>(frame.asked_gain)) || !(frame.light == 0 || good(frame.light)))
      throw Error("frame ", frame.sequence, ": found an exposure, a gain or a light that is no positive number");
    if (i > 0 && frame.sequence <= frames[i - 1].sequence)
      throw Error("found frame ", frame.sequence, " after ", frames[i - 1].sequence, ", expected rising numbers");
  }
}

template <class Of>
void check_changes(std::span<const SettingsFrame> frames, const char* name, Of of) {
  int changes = 0;
  double least = of(frames[0]), most = least;
  for (std::size_t i = 1; i < frames.size(); i++) {
    changes += of(frames[i]) != of(frames[i - 1]);
    least = std::min(least, of(frames[i]));
    most = std::max(most, of(frames[i]));
  }
  if (changes < kChanges || most < kLeastRange * least)
    throw Error("the ", name, " changes ", changes, " times, from ", least, " to ", most, "; expected 3 changes and a fifth or more");
}

/// What was asked during any frame; of one that is missing nobody knows, and those around it may agree by chance.
class Requests {
 public:
  explicit Requests(std::span<const SettingsFrame> frames) {
    for (const SettingsFrame& frame : frames)
      asked_.emplace(frame.sequence, Asked{frame.asked_exposure.count(), static_cast<double>(frame.asked_gain)});
  }

  std::optional<Asked> during(std::uint64_t sequence) const {
    const auto found = asked_.find(sequence);
    return found == asked_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  std::map<std::uint64_t, Asked> asked_;
};

/// A frame with what its delays make of it: ln of light over exposure and nominal gain.
struct Row {
  double gain = 1, off = 0;
};

std::vector<Row> rows_of(std::span<const SettingsFrame> frames, const Requests& requests, int exposure_delay, int gain_delay) {
  std::vector<Row> rows;
  for (const SettingsFrame& frame : frames) {
    if (frame.light == 0 || frame.sequence < static_cast<std::uint64_t>(std::max(exposure_delay, gain_delay))) continue;
    const auto exposure = requests.during(frame.sequence - static_cast<std::uint64_t>(exposure_delay));
    const auto gain = requests.during(frame.sequence - static_cast<std::uint64_t>(gain_delay));
    if (exposure && gain) rows.push_back({gain->gain, std::log(frame.light / (exposure->exposure * gain->gain))});
  }
  return rows;
}

struct Group {
  double sum = 0;
  int frames = 0;
  double mean() const { return sum / frames; }
};

std::map<double, Group> groups_of(const std::vector<Row>& rows) {
  std::map<double, Group> groups;
  for (const Row& row : rows) {
    Group& group = groups[row.gain];
    group.sum += row.off;
    group.frames++;
  }
  return groups;
}

/// Rms of what is left when each gain is what its frames say, and a little what it is called: so that gains of a single frame don't fit
/// whatever the delay is.
double misfit_of(const std::vector<Row>& rows) {
  if (rows.size() < kFewest / 2) return std::numeric_limits<double>::infinity();
  double mean = 0, squares = 0;
  for (const Row& row : rows) mean += row.off / static_cast<double>(rows.size());
  const auto groups = groups_of(rows);
  for (const Row& row : rows) {
    const Group& group = groups.at(row.gain);
    const double fitted = mean + (group.mean() - mean) * group.frames / (group.frames + kTrust);
    squares += (row.off - fitted) * (row.off - fitted);
  }
  return std::max(kLeastMisfit, std::sqrt(squares / static_cast<double>(rows.size())));
}

std::vector<GainMeasure> gains_of(const std::vector<Row>& rows) {
  const auto groups = groups_of(rows);
  double squares = 0;
  for (const Row& row : rows) squares += std::pow(row.off - groups.at(row.gain).mean(), 2);
  const double freedom = std::max(1.0, static_cast<double>(rows.size()) - static_cast<double>(groups.size()));
  const double noise = std::max(kLeastMisfit, std::sqrt(squares / freedom));
  const auto nearest = [](const auto& a, const auto& b) { return std::abs(std::log(a.first)) < std::abs(std::log(b.first)); };
  constexpr double kOne = 0.01;
  auto reference = std::min_element(groups.begin(), groups.end(), nearest);
  if (std::abs(std::log(reference->first)) > kOne) reference = groups.begin();
  std::vector<GainMeasure> out;
  for (const auto& [asked, group] : groups) {
    const double actual = asked * std::exp(group.mean() - reference->second.mean());
    const double relative = asked == reference->first ? 0 : noise * std::sqrt(1.0 / group.frames + 1.0 / reference->second.frames);
    out.push_back({static_cast<float>(asked), static_cast<float>(actual), actual * relative, group.frames});
  }
  return out;
}

/// Neighbors that differ by nothing, where they were asked to differ by more than can be overlooked.
std::vector<GainStep> steps_of(const std::vector<GainMeasure>& gains) {
  std::vector<GainStep> steps;
  for (std::size_t i = 0; i < gains.size();) {
    std::size_t last = i;
    while (last + 1 < gains.size()) {
      const GainMeasure &a = gains[i], &b = gains[last + 1], &c = gains[last];
      const double error = std::hypot(a.error / static_cast<double>(a.actual), b.error / static_cast<double>(b.actual)) + 1e-6;
      const double asked = std::log(static_cast<double>(b.asked / c.asked)), came = std::log(static_cast<double>(b.actual / a.actual));
      if (std::abs(came) > 3 * error || asked < 6 * error) break;
      last++;
    }
    if (last > i) steps.push_back({gains[i].asked, gains[last].asked, gains[i].actual});
    i = last + 1;
  }
  return steps;
}

using Misfits = std::array<std::array<double, kDelays>, kDelays>;  ///< by delay of exposure, of gain

void judge(const Misfits& misfits, SettingsResponse& response) {
  response.misfit = std::numeric_limits<double>::infinity();
  for (int e = 0; e < kDelays; e++) {
    for (int g = 0; g < kDelays; g++) {
      const double misfit = misfits[static_cast<std::size_t>(e)][static_cast<std::size_t>(g)];
      if (misfit < response.misfit) {
        response.misfit = misfit;
        response.exposure_delay = e;
        response.gain_delay = g;
      }
    }
  }
  response.exposure_sure = response.gain_sure = std::numeric_limits<double>::infinity();
  for (int e = 0; e < kDelays; e++) {
    for (int g = 0; g < kDelays; g++) {
      const double ratio = misfits[static_cast<std::size_t>(e)][static_cast<std::size_t>(g)] / response.misfit;
      if (e != response.exposure_delay) response.exposure_sure = std::min(response.exposure_sure, ratio);
      if (g != response.gain_delay) response.gain_sure = std::min(response.gain_sure, ratio);
    }
  }
}

}  // namespace

SettingsResponse fit_settings_response(std::span<const SettingsFrame> frames) {
  check_frames(frames);
  check_changes(frames, "exposure", [](const SettingsFrame& frame) { return frame.asked_exposure.count(); });
  check_changes(frames, "gain", [](const SettingsFrame& frame) { return static_cast<double>(frame.asked_gain); });
  const Requests requests(frames);
  Misfits misfits{};
  for (int e = 0; e < kDelays; e++) {
    for (int g = 0; g < kDelays; g++)
      misfits[static_cast<std::size_t>(e)][static_cast<std::size_t>(g)] = misfit_of(rows_of(frames, requests, e, g));
  }
  SettingsResponse out;
  judge(misfits, out);
  if (!(out.misfit <= kSteady))
    throw Error("light that differs from exposure and gain by ", 100 * out.misfit, " % at any delay up to ", kDelays - 1,
                ", expected a steady one");
  if (out.exposure_sure < kSure || out.gain_sure < kSure)
    throw Error("the delay of the ", out.exposure_sure < out.gain_sure ? "exposure" : "gain", " can't be told: the next one fits only ",
                std::min(out.exposure_sure, out.gain_sure), " times as badly, expected 2 or more");
  out.gains = gains_of(rows_of(frames, requests, out.exposure_delay, out.gain_delay));
  out.steps = steps_of(out.gains);
  return out;
}

}  // namespace argent
