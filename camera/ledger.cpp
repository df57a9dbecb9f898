#include "camera/ledger.h"

#include <algorithm>

namespace argent {

Ledger::Ledger(const ControlLatencies& latencies, const SensorSettings& start) : latencies_(latencies) {
  Entry entry;
  entry.settings = start;
  entries_.push_back(entry);
}

int Ledger::slower() const { return std::max({latencies_.exposure, latencies_.gain, latencies_.frame_length}); }

std::uint64_t Ledger::schedule(std::uint64_t frame, std::uint64_t lens_frame, const SensorSettings& settings, int step) {
  Entry entry;
  entry.decision = ++decisions_;
  entry.frame = frame;
  entry.lens_frame = lens_frame;
  entry.settings = settings;
  entry.bracket_step = step;
  if (entries_.size() > 1 && entries_.back().frame == frame) {
    entries_.back() = entry;  // two decisions for one frame: the later one
  } else {
    entries_.push_back(entry);
  }
  return entry.decision;
}

std::uint64_t Ledger::ask(std::uint64_t exposing, const SensorSettings& settings) {
  const auto after = [&](int latency) { return std::max(exposing + static_cast<std::uint64_t>(latency), bracket_end_); };
  return schedule(after(slower()), after(latencies_.lens), settings, -1);
}

void Ledger::schedule_steps(std::uint64_t exposing, std::span<const Entry> steps) {
  const SensorSettings after = entries_.back().settings;
  std::uint64_t frame = exposing + static_cast<std::uint64_t>(std::max(slower(), latencies_.lens));
  frame = std::max({frame, bracket_end_, entries_.back().frame});
  for (const Entry& step : steps) {
    schedule(frame, frame, step.settings, step.bracket_step);
    frame++;
  }
  bracket_end_ = frame;
  schedule(frame, frame, after, -1);
}

void Ledger::ask_bracket(std::uint64_t exposing, std::span<const SensorSettings> steps) {
  std::vector<Entry> entries(steps.size());
  for (std::size_t i = 0; i < steps.size(); i++) {
    entries[i].settings = steps[i];
    entries[i].bracket_step = static_cast<int>(i);
  }
  if (!entries.empty()) schedule_steps(exposing, entries);
}

Ledger::Writes Ledger::writes(std::uint64_t exposing) const {
  Writes writes;
  for (const Entry& entry : entries_) {
    if (entry.decision == 0) continue;
    if (entry.frame == exposing + static_cast<std::uint64_t>(latencies_.exposure)) writes.exposure = entry.settings.exposure;
    if (entry.frame == exposing + static_cast<std::uint64_t>(latencies_.gain)) writes.analogue_gain = entry.settings.analogue_gain;
    if (entry.lens_frame == exposing + static_cast<std::uint64_t>(latencies_.lens)) writes.lens_position = entry.settings.lens_position;
  }
  return writes;
}

void Ledger::arrived(std::uint64_t frame, std::uint64_t exposing) {
  const std::uint64_t first = last_arrived_ ? *last_arrived_ + 1 : 0;
  std::vector<Entry> lost;
  for (const Entry& entry : entries_) {
    if (entry.bracket_step >= 0 && entry.frame >= first && entry.frame < frame) lost.push_back(entry);
  }
  if (!lost.empty()) schedule_steps(exposing, lost);
  last_arrived_ = frame;
  while (entries_.size() > 1 && entries_[1].frame <= frame && entries_[1].lens_frame <= frame) entries_.pop_front();
}

const Ledger::Entry& Ledger::at(std::uint64_t frame) const {
  const Entry* found = &entries_.front();
  for (const Entry& entry : entries_) {
    if (entry.frame <= frame) found = &entry;
  }
  return *found;
}

SensorSettings Ledger::settings_at(std::uint64_t frame) const {
  SensorSettings settings = at(frame).settings;
  for (const Entry& entry : entries_) {
    if (entry.lens_frame <= frame) settings.lens_position = entry.settings.lens_position;
  }
  return settings;
}

}  // namespace argent
