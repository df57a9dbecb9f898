#include "samples/live/data_writers.h"

#include "samples/trace_log.h"

namespace argent {

std::string log_line(const LiveFrame& frame) {
  const Applied& applied = frame.statistics->applied;
  FrameRecord record;
  record.frame = static_cast<int>(frame.number);
  record.seconds = applied.timestamp.count() * 1e-6;
  record.sequence = applied.sequence;
  record.applied = applied.settings;
  record.decision = *frame.decision;
  return log_line(record, LoggedTruth::kUnknown);
}

void LogWriter::write(const LiveFrame& frame) {
  const std::string line = log_line(frame);
  out_.write(line.data(), line.size());
}

}  // namespace argent
