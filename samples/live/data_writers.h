// samples/live/data_writers.h - what 3A saw and decided, frame by frame, to disk.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>

#include "isp/io/statistics_file.h"
#include "samples/live/output_stream.h"
#include "samples/live/queued_sink.h"

namespace argent {

/// The statistics, binary, as `argent measure --save` writes them.
class StatisticsWriter : public FrameWriter {
 public:
  StatisticsWriter(const std::filesystem::path& path, Overwrite overwrite) : path_(path.string()), file_(path, overwrite) {}
  std::string name() const override { return "statistics " + path_; }
  bool wants_picture() const override { return false; }
  bool wants_raw() const override { return false; }
  void write(const LiveFrame& frame) override { file_.add(*frame.statistics); }
  void finish() override { file_.commit(); }

 private:
  std::string path_;
  StatisticsFile file_;
};

/// Decisions with their traces, JSON lines as `argent simulate --log` writes them, for `argent explain`. On
/// stdout each goes out at once.
class LogWriter : public FrameWriter {
 public:
  /// As OutputStream.
  LogWriter(
      const std::string& path, Overwrite overwrite, std::function<void()> reader_gone = [] {})
      : out_(path, overwrite, std::move(reader_gone)) {}
  std::string name() const override { return "log " + out_.name(); }
  bool wants_picture() const override { return false; }
  bool wants_raw() const override { return false; }
  void write(const LiveFrame& frame) override;
  void finish() override { out_.finish(); }

 private:
  OutputStream out_;
};

/// The line of a log for one frame. Ends with a line end.
std::string log_line(const LiveFrame& frame);

}  // namespace argent
