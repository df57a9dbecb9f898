#include "aaa/flicker_detector.h"

#include <algorithm>
#include <cmath>

namespace argent {
namespace {

// Decoys differ from both mains frequencies by no multiple of a usual frame rate, which would make them the same from frame to frame.
constexpr double kHertz[] = {100, 120, 86.7, 93.1, 108.3, 111.7, 127.3, 136.3};

constexpr double kMinLevel = 0.002, kMaxLevel = 0.9;  // of a band: darker is noise, brighter clips
constexpr double kMinReadout = 0.002;                 // s: less than a quarter of a period shows no bands
constexpr double kSceneCut = 0.15;                    // median change of the bands' log level
constexpr int kMinFrames = 5, kAgreeing = 3;
constexpr double kMinExplained = 0.12, kOverDecoys = 3, kOverOther = 1.3;
constexpr double kMinModulation = 0.005, kMinObservability = 0.03;
constexpr double kSuspicious = 0.008;  // modulation of what stands still that is worth a probe
constexpr double kShows = 0.05;        // strength below which an exposure shows too little of the light to be probed
constexpr int kSteady = 4;             // frames
constexpr int kProbeFrames = 8, kProbePatience = 30;
constexpr int kFirstRest = 300, kLongestRest = 9600;  // frames
constexpr int kDoubts = 60;

bool positive(double v) { return std::isfinite(v) && v > 0; }

/// The bands in at most kMaxBins bins. No bins: nothing to be seen.
BandRow bin_bands(const Statistics& s) {
  BandRow out;
  const double line = s.applied.line_time.count() * 1e-6, exposure = s.applied.settings.exposure.count() * 1e-6;
  if (s.bands < 8 || s.bands > Statistics::kMaxBands || s.band_rows < 1 || s.band_rows > 1 << 20) return out;
  if (!positive(line) || !positive(exposure) || line > 0.1 || exposure > 1 || !std::isfinite(s.applied.timestamp.count())) return out;
  const int together = (s.bands + BandRow::kMaxBins - 1) / BandRow::kMaxBins;
  const int bins = s.bands / together;
  double sum = 0;
  for (int i = 0; i < bins; i++) {
    double level = 0;
    bool valid = true;
    for (int k = 0; k < together; k++) {
      const double band = s.row_means[static_cast<std::size_t>(i * together + k)];
      valid = valid && std::isfinite(band) && band < kMaxLevel;
      level += band / together;
    }
    const auto n = static_cast<std::size_t>(i);
    out.valid[n] = valid && level > kMinLevel;
    if (!out.valid[n]) continue;
    out.log_level[n] = std::log(level);
    sum += out.log_level[n];
    out.valid_bins++;
  }
  if (out.valid_bins < bins * 3 / 4) return {};
  for (int i = 0; i < bins; i++) out.log_level[static_cast<std::size_t>(i)] -= sum / out.valid_bins;
  out.bins = bins;
  out.bin_time = line * s.band_rows * together;
  out.first_time = std::fmod(s.applied.timestamp.count() * 1e-6, 1e5) + out.bin_time / 2 + exposure / 2;
  out.exposure = exposure;
  return out.bin_time * bins < kMinReadout ? BandRow{} : out;
}

double median_size(const BandRow& row, const std::array<double, BandRow::kMaxBins>& values) {
  std::array<double, BandRow::kMaxBins> sizes{};
  std::size_t count = 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(row.bins); i++) {
    if (row.valid[i]) sizes[count++] = std::abs(values[i]);
  }
  if (count == 0) return 0;
  const auto middle = sizes.begin() + static_cast<std::ptrdiff_t>(count / 2);
  std::nth_element(sizes.begin(), middle, sizes.begin() + static_cast<std::ptrdiff_t>(count));
  return *middle;
}

}  // namespace

FlickerDetector::FlickerDetector() {
  for (std::size_t i = 0; i < fits_.size(); i++) fits_[i] = FlickerFit(kHertz[i]);
  next_rest_.fill(kFirstRest);
}

void FlickerDetector::forget() {
  for (FlickerFit& fit : fits_) fit.clear();
  levels_.clear();
  residual_ = 0;
  frames_ = steady_ = agreeing_ = doubts_ = 0;
  won_ = -1;
}

/// False: the frame's rows say nothing.
bool FlickerDetector::add(const Statistics& statistics) {
  const BandRow row = bin_bands(statistics);
  if (row.bins == 0) return false;
  const Layout layout{statistics.bands, statistics.band_rows, statistics.applied.line_time.count()};
  const double timestamp = statistics.applied.timestamp.count();
  // A second look at the same frame (an offline program measures twice) is no evidence, and time doesn't run backwards.
  if (timestamp == timestamp_) return false;
  if (!(layout == layout_) || timestamp < timestamp_) forget();
  layout_ = layout;
  timestamp_ = timestamp;
  std::array<double, BandRow::kMaxBins> residual = levels_.pass(row, row.log_level);
  const double size = median_size(row, residual);
  if (frames_ > 0 && size > kSceneCut) {
    forget();
    residual = levels_.pass(row, row.log_level);
  }
  residual_ *= kFlickerMemory;
  for (double& r : residual) {
    r = std::clamp(r, -6 * size, 6 * size);
    residual_ += r * r;
  }
  for (FlickerFit& fit : fits_) fit.add(row, residual);
  frames_++;
  steady_ = std::abs(row.exposure / exposure_ - 1) < 0.02 ? steady_ + 1 : 1;
  exposure_ = row.exposure;
  return true;
}

/// The mains frequency that this much speaks for, or -1.
int FlickerDetector::winner() const {
  if (frames_ < kMinFrames) return -1;
  const int best = fits_[1].explained() > fits_[0].explained() ? 1 : 0;
  const FlickerFit& fit = fits_[static_cast<std::size_t>(best)];
  const double explained = fit.explained();
  if (explained < kMinExplained * residual_ || explained < kOverOther * fits_[static_cast<std::size_t>(1 - best)].explained()) return -1;
  for (std::size_t i = kMains; i < kFits; i++) {
    if (explained < kOverDecoys * fits_[i].explained()) return -1;
  }
  return fit.amplitude() * fit.visibility() >= kMinModulation && fit.observability() >= kMinObservability ? best : -1;
}

void FlickerDetector::judge() {
  const int now = winner();
  agreeing_ = now >= 0 && now == won_ ? agreeing_ + 1 : (now >= 0 ? 1 : 0);
  won_ = now;
  if (agreeing_ < kAgreeing) return;
  found_ = now;
  confidence_ = std::clamp(fits_[static_cast<std::size_t>(now)].explained() / std::max(residual_, 1e-30), 0.5, 1.0);
  probe_ = -1;
  stripes_ = false;
}

/// Gives a finding up that the rows should show and do not.
void FlickerDetector::doubt() {
  if (found_ < 0) return;
  const FlickerFit& fit = fits_[static_cast<std::size_t>(found_)];
  const bool would_show = fit.strength() > 0.3 && fit.observability() > 0.1;
  doubts_ = would_show && fit.amplitude() * fit.strength() < 0.003 ? doubts_ + 1 : 0;
  if (doubts_ < kDoubts) return;
  found_ = -1;
  confidence_ = 0;
  doubts_ = 0;
}

void FlickerDetector::steer_probe(double exposure, FlickerProbing probing) {
  for (int& frames : rest_) frames = std::max(frames - 1, 0);
  if (found_ >= 0 || probing == FlickerProbing::kForbidden) {
    probe_ = -1;
    return;
  }
  if (probe_ >= 0) {
    probe_age_++;
    if (std::abs(exposure / probe_from_ - 1) > 0.02) probe_landed_++;
    if (probe_landed_ < kProbeFrames && probe_age_ < kProbePatience) return;
    const auto asked = static_cast<std::size_t>(probe_);
    stripes_ = true;
    rest_[asked] = next_rest_[asked];
    next_rest_[asked] = std::min(2 * next_rest_[asked], kLongestRest);
    probe_ = -1;
    return;
  }
  if (steady_ < kSteady) return;
  double most = kSuspicious;
  for (int i = 0; i < kMains; i++) {
    const FlickerFit& fit = fits_[static_cast<std::size_t>(i)];
    if (rest_[static_cast<std::size_t>(i)] > 0 || fit.strength() < kShows) continue;
    const double seen = fit.standing_amplitude(levels_) * fit.strength();
    if (seen < most) continue;
    most = seen;
    probe_ = i;
  }
  probe_from_ = exposure;
  probe_age_ = probe_landed_ = 0;
}

FlickerFinding FlickerDetector::report() const {
  FlickerFinding out;
  if (found_ >= 0) {
    const FlickerFit& fit = fits_[static_cast<std::size_t>(found_)];
    out.period_us = 1e6 / kHertz[found_];
    out.confidence = confidence_;
    out.modulation = fit.amplitude() * fit.strength();
    out.reason = agreeing_ >= kAgreeing ? "found" : "held";
  } else if (probe_ >= 0) {
    out.probe_period_us = 1e6 / kHertz[probe_];
    out.reason = "probing";
  } else if (won_ >= 0 || frames_ < kMinFrames) {
    out.reason = "searching";
  } else {
    out.reason = stripes_ ? "stripes" : "nothing seen";
  }
  return out;
}

FlickerFinding FlickerDetector::update(const Statistics& statistics, FlickerProbing probing) {
  if (!add(statistics)) {
    FlickerFinding out = report();
    if (out.reason == "searching" && frames_ == 0) out.reason = "no row sums";
    return out;
  }
  judge();
  doubt();
  steer_probe(exposure_, probing);
  return report();
}

}  // namespace argent
