// tests/aaa/exposure_plant.h - a small sensor before a scene, as far as exposure and mains flicker go. Deterministic by seed.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <deque>
#include <random>
#include <vector>

#include "isp/statistics.h"

namespace argent {

struct PlantParams {
  unsigned seed = 1;
  double light = 100;      ///< level of a white zone per second of exposure
  double spread = 0.7;     ///< of the log reflectances, in e-folds
  double frame_noise = 0;  ///< relative, common to a frame
  double zone_noise = 0;   ///< relative, of each zone and band
  int latency = 2;
  double fps = 30, readout = 0.8;  ///< readout: share of the frame's time
  double hertz = 0, depth = 0;     ///< of the light's pulsing
  double stripes = 0, stripe_cycles = 4;
  double glints = 0;                             ///< share of every row that is ten times as bright as the rest, and clips first
  double subject = 0, subject_speed = 0.5;       ///< log brightness of a moving subject in the rows; field heights a second
  double highlight = 0, highlight_speed = 0.15;  ///< share of the field that a bright spot covers, and how it wanders
  bool coarse = true;                            ///< whole lines, and imx219's gain codes: 256 / (256 - code)
};

class ExposurePlant {
 public:
  static constexpr int kColumns = 16, kRows = 12, kBands = 120, kRowsOfBand = 9;
  static constexpr double kPi = 3.14159265358979323846;

  explicit ExposurePlant(const PlantParams& params)
      : p_(params), random_(params.seed), pipe_(static_cast<std::size_t>(params.latency) + 1) {
    std::normal_distribution<double> normal;
    for (double& r : reflectance_) r = 0.18 * std::exp(p_.spread * normal(random_) - p_.spread * p_.spread / 2);
    phase_ = std::uniform_real_distribution<double>(0, 2 * kPi)(random_);
    double low[4];
    for (double& a : low) a = 0.15 * normal(random_);
    for (int b = 0; b < kBands; b++) {
      const double y = (b + 0.5) / kBands;
      double log_level = 0.03 * normal(random_);
      for (int k = 0; k < 4; k++) log_level += low[k] / (k + 1) * std::cos(kPi * (k + 1) * y);
      log_level += p_.stripes * std::sin(2 * kPi * p_.stripe_cycles * y + phase_);
      profile_[static_cast<std::size_t>(b)] = log_level;
    }
  }

  void start(SensorSettings settings) { pipe_.assign(pipe_.size(), settings); }
  void light(double level) { p_.light = level; }
  void apply(const SensorSettings& wanted) {
    pipe_.push_back(wanted);
    pipe_.pop_front();
  }
  const SensorSettings& applied() const { return applied_; }
  double total() const { return applied_.exposure.count() * applied_.analogue_gain; }
  double seen_modulation() const {
    const double x = p_.hertz * applied_.exposure.count() * 1e-6;
    return x > 0 ? p_.depth * std::abs(std::sin(kPi * x) / (kPi * x)) : 0;
  }

  const Statistics& next() {
    expose();
    Statistics& s = statistics_;
    s.columns = kColumns;
    s.rows = kRows;
    s.luma.fill(0);
    std::normal_distribution<double> normal;
    const double common = 1 + p_.frame_noise * normal(random_), time = frame_ / p_.fps, scale = p_.light * total() * 1e-6 * common;
    const double x = 0.5 + 0.4 * std::sin(2 * kPi * p_.highlight_speed * time),
                 y = 0.5 + 0.4 * std::sin(1.7 * kPi * p_.highlight_speed * time);
    const double radius = std::sqrt(p_.highlight / kPi);
    for (int i = 0; i < kColumns * kRows; i++) {
      auto& zone = s.zones[static_cast<std::size_t>(i)];
      const double noise = 1 + p_.zone_noise * normal(random_);
      zone.count = zone.unclipped_count = {100, 200, 100};
      double sum = 0, clear = 0, clipped = 0, lit = 0;
      constexpr int kFine = 8;  // samples across a zone for the spot's share
      const double zone_x = (i % kColumns + 0.5) / kColumns - x, zone_y = (i / kColumns + 0.5) / kRows - y;
      if (radius > 0 && std::hypot(zone_x, zone_y) < radius + 0.06) {
        for (int k = 0; k < kFine * kFine; k++) {
          const double dx = (i % kColumns + (k % kFine + 0.5) / kFine) / kColumns - x,
                       dy = (i / kColumns + (k / kFine + 0.5) / kFine) / kRows - y;
          lit += dx * dx + dy * dy < radius * radius ? 1.0 / (kFine * kFine) : 0;
        }
      }
      for (int k = 0; k < kDetail; k++) {
        const double level = reflectance_[static_cast<std::size_t>(i)] * kDetailLevels[k] * scale * noise;
        const double seen = std::clamp(level, 0.0, 1.0);
        sum += seen * (1 - lit) / kDetail;
        clear += level < 1 ? level * (1 - lit) / kDetail : 0;
        clipped += (level >= 1 ? 1 - lit : 0) / kDetail;
        s.luma[bin(seen)] += static_cast<std::uint32_t>(100 * (1 - lit));
      }
      const double glint = 10 * reflectance_[static_cast<std::size_t>(i)] * scale * noise;
      s.luma[bin(std::min(glint, 1.0))] += static_cast<std::uint32_t>(100 * kDetail * p_.glints);
      sum += p_.glints * (std::min(glint, 1.0) - sum);
      clipped += p_.glints * ((glint >= 1 ? 1 : 0) - clipped);
      const double spot = std::min(50 * scale, 1.0);
      s.luma[bin(spot)] += static_cast<std::uint32_t>(100 * kDetail * lit);
      sum += spot * lit;
      clipped += spot >= 1 ? lit : 0;
      zone.mean.fill(static_cast<float>(sum));
      zone.clipped = static_cast<float>(clipped);
      zone.unclipped.fill(static_cast<float>(clipped < 1 ? (clear + (spot < 1 ? spot * lit : 0)) / (1 - clipped) : 0));
    }
    rows(scale, time);
    frame_++;
    return s;
  }

 private:
  static constexpr int kDetail = 5;
  static constexpr double kDetailLevels[kDetail] = {0.707, 0.841, 1, 1.189, 1.414};
  static std::size_t bin(double level) { return static_cast<std::size_t>(std::min(level * Statistics::kBins, Statistics::kBins - 1.0)); }

  void expose() {
    applied_ = pipe_.front();
    const double line = p_.readout / p_.fps / (kBands * kRowsOfBand) * 1e6;
    if (p_.coarse && applied_.exposure.count() > 0) {
      applied_.exposure = Microseconds(std::max(1.0, std::round(applied_.exposure.count() / line)) * line);
      applied_.analogue_gain = static_cast<float>(256 / (256 - std::clamp(std::round(256 - 256.0 / applied_.analogue_gain), 0.0, 240.0)));
    }
    statistics_.applied.settings = applied_;
    statistics_.applied.timestamp = Microseconds(5e6 + frame_ / p_.fps * 1e6);
    statistics_.applied.frame_duration = Microseconds(1e6 / p_.fps);
    statistics_.applied.line_time = Microseconds(line);
  }

  /// Of a row's pixels: eighths of the reflectances' distribution, and the glints.
  double clipped_mean(double level) const {
    constexpr double kEighths[8] = {-1.53, -0.89, -0.49, -0.16, 0.16, 0.49, 0.89, 1.53};
    double sum = 0;
    for (double z : kEighths) sum += std::clamp(level * std::exp(p_.spread * z - p_.spread * p_.spread / 2), 0.0, 1.0) / 8;
    return (1 - p_.glints) * sum + p_.glints * std::clamp(10 * level, 0.0, 1.0);
  }

  void rows(double scale, double time) {
    Statistics& s = statistics_;
    s.bands = kBands;
    s.band_rows = kRowsOfBand;
    std::normal_distribution<double> normal;
    const double line = s.applied.line_time.count() * 1e-6, exposure = applied_.exposure.count() * 1e-6;
    const double x = p_.hertz * exposure, strength = x > 0 ? std::sin(kPi * x) / (kPi * x) : 1;
    const double subject = 0.5 + 0.45 * std::sin(2 * kPi * p_.subject_speed * time + phase_);
    for (int b = 0; b < kBands; b++) {
      const double t = s.applied.timestamp.count() * 1e-6 + (b + 0.5) * kRowsOfBand * line + exposure / 2;
      const double d = ((b + 0.5) / kBands - subject) / 0.15;
      const double log_level = profile_[static_cast<std::size_t>(b)] + p_.subject * std::exp(-d * d);
      const double light = 1 + p_.depth * strength * std::cos(2 * kPi * p_.hertz * t + phase_);
      const double noise = 1 + p_.zone_noise * normal(random_);
      const double level = 0.18 * scale * std::exp(log_level) * light * noise;
      s.row_means[static_cast<std::size_t>(b)] = static_cast<float>(clipped_mean(level));
    }
  }

  PlantParams p_;
  std::mt19937 random_;
  std::deque<SensorSettings> pipe_;
  std::array<double, kColumns * kRows> reflectance_{};
  std::array<double, kBands> profile_{};
  double phase_ = 0;
  int frame_ = 0;
  SensorSettings applied_;
  Statistics statistics_;
};

}  // namespace argent
