#include "camera/live/subdevice_control.h"

#include <linux/v4l2-controls.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

#include "camera/live/sensor_registers.h"
#include "camera/live/v4l2_device.h"
#include "camera/live/write_book.h"
#include "models/runtime/error.h"

namespace argent {
namespace {

std::int64_t now_ns() {
  using namespace std::chrono;
  return duration_cast<nanoseconds>(steady_clock::now().time_since_epoch()).count();  // CLOCK_MONOTONIC
}

std::uint64_t unsigned_frame(std::int64_t frame) { return static_cast<std::uint64_t>(std::max<std::int64_t>(frame, 0)); }

/// A control's next value and who wants it.
struct Due {
  std::optional<std::int32_t> exposure, gain, lens;
  std::uint64_t exposure_decision = 0, gain_decision = 0;
};

class SubdeviceControl : public SensorControl {
 public:
  SubdeviceControl(const SensorNodes& nodes, const std::string& model, const SubdeviceOptions& options, const SensorSettings& start)
      : sensor_(nodes.sensor),
        lens_(nodes.lens.empty() ? std::nullopt : std::optional<V4l2Device>(std::in_place, nodes.lens)),
        registers_(sensor_, lens_ ? &*lens_ : nullptr, model, options),
        notes_(registers_.notes),
        first_(start.exposure.count() > 0 ? registers_.codes(start) : registers_.now),
        blanking_(registers_.latencies.frame_length, first_blanking()),
        exposure_(registers_.latencies.exposure, first_.exposure),
        gain_(registers_.latencies.gain, first_.gain),
        focus_(registers_.latencies.lens, first_.lens),
        ledger_(registers_.latencies, registers_.settings(first_)) {
    write_first();
    find_starts(nodes);
  }

  ~SubdeviceControl() override { SubdeviceControl::stopped(); }

  const SensorLimits& limits() const override { return registers_.limits; }
  std::string name() const override { return "V4L2 sub-device " + sensor_.node().string(); }
  const std::vector<std::string>& notes() const override { return notes_; }
  SensorSettings possible(const SensorSettings& settings) const override { return registers_.settings(registers_.codes(settings)); }

  void started() override;
  void stopped() noexcept override;
  void ask(const SensorSettings& settings) override;
  void ask_bracket(std::span<const SensorSettings> steps) override;
  RequestControls request_controls() override { return {}; }
  std::optional<ShownSettings> shown(const CompletedBuffer& frame) override;
  void check() override;

 private:
  std::int32_t first_blanking() const { return registers_.blanking_moves ? registers_.blanking(first_.exposure) : registers_.blanking_now; }
  void write_first();
  void find_starts(const SensorNodes& nodes);

  // All below with mutex_ held.
  void read_starts();
  std::int64_t writable() const;
  void add_due(std::uint64_t exposing, Due& due) const;
  std::int32_t blanking_around(std::uint64_t exposing) const;
  void write_due(std::int64_t exposing);
  void write(const Due& due, std::int64_t exposing);
  void write_blanking(std::int32_t value, std::uint64_t decision);
  void after_asking(std::int64_t exposing);

  void follow_starts() noexcept;

  V4l2Device sensor_;
  std::optional<V4l2Device> lens_, other_;  ///< other: tells when frames start
  V4l2Device* starts_ = nullptr;            ///< who tells; nullptr: frames' ends do
  SensorRegisters registers_;
  std::vector<std::string> notes_;
  SensorCodes first_;

  std::mutex mutex_;
  FrameClock clock_;
  WriteBook blanking_, exposure_, gain_, focus_;
  Ledger ledger_;
  std::int64_t written_ = -1;  ///< the frame whose writes were done last
  std::string gone_;           ///< why; empty: all is well

  FileDescriptor stop_;
  std::thread follower_;
};

void SubdeviceControl::write_first() {
  std::array blanking{V4l2ControlValue{V4L2_CID_VBLANK, first_blanking()}};
  if (registers_.blanking_moves) sensor_.set(blanking);
  std::array exposure{V4l2ControlValue{V4L2_CID_EXPOSURE, first_.exposure}, V4l2ControlValue{V4L2_CID_ANALOGUE_GAIN, first_.gain}};
  sensor_.set(std::span(exposure).first(registers_.gain_moves ? 2 : 1));
  std::array focus{V4l2ControlValue{V4L2_CID_FOCUS_ABSOLUTE, first_.lens}};
  if (registers_.limits.lens) lens_->set(focus);
}

void SubdeviceControl::find_starts(const SensorNodes& nodes) {
  if (sensor_.subscribe_frame_start()) {
    starts_ = &sensor_;
    return;
  }
  for (const auto& node : nodes.others) {
    other_.emplace(node);
    if (other_->subscribe_frame_start()) {
      starts_ = &*other_;
      return;
    }
  }
  other_.reset();
  notes_.emplace_back("no sub-device tells when a frame starts: taken from when the one before ends, so that a late machine books wrong");
}

void SubdeviceControl::started() {
  if (!starts_) return;
  stop_ = FileDescriptor(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (stop_.number() < 0) throw Error("cannot make an eventfd");
  follower_ = std::thread([this] { follow_starts(); });
}

void SubdeviceControl::stopped() noexcept {
  if (!follower_.joinable()) return;
  const std::uint64_t one = 1;
  if (::write(stop_.number(), &one, sizeof one) != sizeof one) std::terminate();  // an eventfd takes 2^64 - 2 of these
  follower_.join();
}

void SubdeviceControl::follow_starts() noexcept {
  std::array<pollfd, 2> polled{pollfd{starts_->descriptor(), POLLPRI, 0}, pollfd{stop_.number(), POLLIN, 0}};
  while (true) {
    if (::poll(polled.data(), polled.size(), -1) < 0) continue;  // a signal
    if (polled[1].revents) return;
    const std::lock_guard lock(mutex_);
    try {
      if (polled[0].revents & (POLLERR | POLLHUP | POLLNVAL)) throw Error(starts_->node().string() + " is gone");
      read_starts();
    } catch (const Error& error) {
      gone_ = error.what();
      return;
    }
  }
}

void SubdeviceControl::read_starts() {
  if (!starts_) return;
  while (const auto start = starts_->next_frame_start()) clock_.started(start->sequence, start->time_ns);
  write_due(clock_.last_frame());
}

/// The frame that a write would be in time for: the one exposed now, or, when its end is near, the next one.
std::int64_t SubdeviceControl::writable() const {
  const std::int64_t frame = clock_.last_frame();
  if (frame < 0) return 0;
  const double elapsed_us = 1e-3 * double(now_ns() - clock_.last_time());
  return elapsed_us < 0.5 * registers_.frame_duration(blanking_.last_written()).count() ? frame : frame + 1;
}

void SubdeviceControl::add_due(std::uint64_t exposing, Due& due) const {
  const Ledger::Writes writes = ledger_.writes(exposing);
  const auto decision = [&](int latency) { return ledger_.at(exposing + static_cast<std::uint64_t>(latency)).decision; };
  if (writes.exposure) {
    due.exposure = registers_.codes({.exposure = *writes.exposure}).exposure;
    due.exposure_decision = decision(registers_.latencies.exposure);
  }
  if (writes.analogue_gain && registers_.gain_moves) {
    due.gain = registers_.codes({.analogue_gain = *writes.analogue_gain}).gain;
    due.gain_decision = decision(registers_.latencies.gain);
  }
  if (writes.lens_position && registers_.limits.lens) due.lens = registers_.codes({.lens_position = *writes.lens_position}).lens;
}

/// Long enough for every exposure on its way: the driver cuts an exposure that its frame can't hold when either is written.
std::int32_t SubdeviceControl::blanking_around(std::uint64_t exposing) const {
  const ControlLatencies& latencies = registers_.latencies;
  const auto [first, last] = std::minmax(latencies.exposure, latencies.frame_length);
  std::int32_t needed = 0;
  for (int later = first; later <= last; later++) {
    const SensorSettings& settings = ledger_.at(exposing + static_cast<std::uint64_t>(later)).settings;
    needed = std::max(needed, registers_.blanking(registers_.codes(settings).exposure));
  }
  return needed;
}

void SubdeviceControl::write_blanking(std::int32_t value, std::uint64_t decision) {
  std::array blanking{V4l2ControlValue{V4L2_CID_VBLANK, value}};
  const std::int64_t begin = now_ns();
  sensor_.set(blanking);
  blanking_.wrote(blanking[0].value, decision, begin, now_ns());
}

void SubdeviceControl::write(const Due& due, std::int64_t exposing) {
  const std::int32_t blanking = registers_.blanking_moves ? blanking_around(unsigned_frame(exposing)) : blanking_.last_written();
  if (blanking > blanking_.last_written()) write_blanking(blanking, due.exposure_decision);
  std::array<V4l2ControlValue, 2> values;
  std::size_t count = 0;
  if (due.exposure) values[count++] = {V4L2_CID_EXPOSURE, *due.exposure};
  if (due.gain) values[count++] = {V4L2_CID_ANALOGUE_GAIN, *due.gain};
  if (count > 0) {
    const std::int64_t begin = now_ns();
    sensor_.set(std::span(values).first(count));
    const std::int64_t end = now_ns();
    if (due.exposure) exposure_.wrote(values[0].value, due.exposure_decision, begin, end);
    if (due.gain) gain_.wrote(values[count - 1].value, due.gain_decision, begin, end);
  }
  if (blanking < blanking_.last_written()) write_blanking(blanking, due.exposure_decision);
  if (due.lens && *due.lens != focus_.last_written()) {
    std::array focus{V4l2ControlValue{V4L2_CID_FOCUS_ABSOLUTE, *due.lens}};
    const std::int64_t begin = now_ns();
    lens_->set(focus);
    focus_.wrote(focus[0].value, 0, begin, now_ns());
  }
}

/// Also what was due while frames started unseen: late, but not never.
void SubdeviceControl::write_due(std::int64_t exposing) {
  if (exposing <= written_) return;
  Due due;
  for (std::int64_t frame = std::max(written_ + 1, exposing - 16); frame <= exposing; frame++) add_due(unsigned_frame(frame), due);
  written_ = exposing;
  write(due, exposing);
}

void SubdeviceControl::after_asking(std::int64_t exposing) {
  if (exposing > written_) return;  // when that frame starts
  Due due;
  add_due(unsigned_frame(exposing), due);
  write(due, exposing);
}

void SubdeviceControl::ask(const SensorSettings& settings) {
  const std::lock_guard lock(mutex_);
  read_starts();
  const std::int64_t exposing = writable();
  ledger_.ask(unsigned_frame(exposing), possible(settings));
  after_asking(exposing);
}

void SubdeviceControl::ask_bracket(std::span<const SensorSettings> steps) {
  std::vector<SensorSettings> exact;
  for (const SensorSettings& step : steps) exact.push_back(possible(step));
  const std::lock_guard lock(mutex_);
  read_starts();
  const std::int64_t exposing = writable();
  ledger_.ask_bracket(unsigned_frame(exposing), exact);
  after_asking(exposing);
}

std::optional<ShownSettings> SubdeviceControl::shown(const CompletedBuffer& frame) {
  const std::lock_guard lock(mutex_);
  const auto number = static_cast<std::int64_t>(frame.sequence);
  if (starts_) {
    read_starts();
  } else {
    clock_.started(number + 1, static_cast<std::int64_t>(1e3 * frame.completed.count()));
    write_due(clock_.last_frame());
  }
  const WriteBook::Answer exposure = exposure_.at(clock_, number), gain = gain_.at(clock_, number);
  const WriteBook::Answer blanking = blanking_.at(clock_, number), focus = focus_.at(clock_, number);
  if (!exposure.certain || !gain.certain || !blanking.certain || !focus.certain) return std::nullopt;
  ShownSettings shown;
  shown.settings = registers_.settings({exposure.value, gain.value, focus.value});
  shown.line_time = registers_.limits.line_time;
  shown.frame_duration = registers_.frame_duration(blanking.value);
  if (!registers_.gain_moves || exposure.decision == gain.decision) shown.decision = exposure.decision;
  const Ledger::Entry planned = ledger_.at(frame.sequence);
  if (shown.decision == planned.decision) {
    shown.bracket_step = planned.bracket_step;
    const std::int64_t exposing = writable();
    ledger_.arrived(frame.sequence, unsigned_frame(exposing));
    after_asking(exposing);
  }
  return shown;
}

void SubdeviceControl::check() {
  const std::lock_guard lock(mutex_);
  if (!gone_.empty()) throw Error(gone_);
}

}  // namespace

std::unique_ptr<SensorControl> make_subdevice_control(const SensorNodes& nodes, const std::string& model, const SubdeviceOptions& options,
                                                      const SensorSettings& start) {
  return std::make_unique<SubdeviceControl>(nodes, model, options, start);
}

}  // namespace argent
