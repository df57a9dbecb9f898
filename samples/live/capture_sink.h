// samples/live/capture_sink.h - stills, bursts and brackets beside the stream: JPEG and DNG of the whole frame.
#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "isp/pipeline.h"
#include "models/runtime/buffer_pool.h"
#include "samples/live/background_queue.h"
#include "samples/live/live_control.h"
#include "samples/live/sink.h"

namespace argent {

/// Takes the jobs of LiveControl. Files are called still-001.jpg, burst-002-01.dng, bracket-003-1.jpg: the numbers go on where those of the
/// folder end. Rendered by a Pipeline of its own, at full size, while the stream goes on.
class CaptureSink : public Sink {
 public:
  struct Options {
    std::filesystem::path folder = ".";
    int jpeg_quality = 95;
    std::size_t depth = 12;  ///< frames that wait to be written; a burst longer than that may lose some
    /// Asks the camera for a bracket. Throws Error when it can't.
    std::function<void(std::span<const SensorSettings>)> ask_bracket;
    std::function<void(const std::string&)> message;  ///< a line for each file, and for what went wrong
    bool wait = false;                                ///< rather than lose frames
  };

  /// `params`: of the stream; the output is a whole picture of 8 bits all the same. Throws Error: the folder can't be made.
  CaptureSink(LiveControl& control, PipelineParams params, Options options);

  std::string name() const override { return "captures in " + options_.folder.string(); }
  bool wants_picture() const override { return false; }
  void take(const LiveFrame& frame) override;
  void finish() override;
  std::uint64_t dropped() const override { return dropped_; }

  /// Frames without a step of the bracket under way, after which the rest of it is given up: the camera lost it.
  static constexpr int kBracketPatience = 60;

  /// Whether anything is still to be taken.
  bool busy() const { return active_.frames > 0; }

 private:
  /// The job under way.
  struct Active {
    CaptureJob job;
    int frames = 0;  ///< still to come
    int number = 0;
    float digital_gain = 1;   ///< of a bracket: the same for all of it
    std::vector<bool> taken;  ///< of a bracket: which steps
    int patience = 0;         ///< of a bracket: frames that may come before its next step does
  };

  void begin(const LiveFrame& frame);
  void begin_bracket(const LiveFrame& frame);
  bool is_new_step(const LiveFrame& frame);
  void wait_for_step();
  void save(const LiveFrame& frame, const std::string& name);
  void write(const LiveFrame& frame, const std::filesystem::path& path, float digital_gain) const;
  int free_number() const;

  LiveControl& control_;
  Options options_;
  Pipeline pipeline_;
  BufferPool pool_;  ///< of copies of raw frames: the camera has few buffers
  std::vector<CaptureJob> waiting_;
  Active active_;
  int last_number_ = 0;
  std::uint64_t dropped_ = 0;
  BackgroundQueue queue_;  ///< last: its thread uses all of the above
};

/// The exposure in the middle of a bracket, and the gain that its pictures are rendered with.
struct BracketBase {
  SensorSettings settings;
  float digital_gain = 1;
};

/// What exposure was found to want, not what the sensor was asked for while it probes for flicker or is on its way. Where the sensor can't
/// reach it, what it can.
BracketBase bracket_base(const Decision& decision);

/// Settings of a bracket: the total exposure of `base` times 2^ev. Time first, as far as `longest` and the sensor's `shortest` reach; the
/// gain makes up for the rest. `longest` 0: no limit.
std::vector<SensorSettings> bracket_settings(const SensorSettings& base, std::span<const float> evs, Microseconds longest);

}  // namespace argent
