#include "samples/live/recording.h"

#include <charconv>
#include <cstdio>
#include <system_error>
#include <utility>

#include "isp/io/mosaic_file.h"
#include "models/runtime/error.h"
#include "samples/live/request_text.h"

namespace argent {
namespace {

namespace fs = std::filesystem;

constexpr const char* kRequests = "requests.txt";

std::string frame_name(std::uint64_t number) {
  char text[40];
  std::snprintf(text, sizeof text, "frame-%08llu.raw", static_cast<unsigned long long>(number));
  return text;
}

}  // namespace

fs::path recorded_profile(const fs::path& folder) { return folder / "profile.yaml"; }

RecordingWriter::RecordingWriter(fs::path folder, const CameraProfile& profile) : folder_(std::move(folder)) {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw Error(folder_.string() + ": " + error.message());
  if (!fs::is_empty(folder_, error)) throw Error(folder_.string() + ": holds something already, expected an empty or a new folder");
  save_profile(profile, recorded_profile(folder_));
  requests_.open(folder_ / kRequests);
  if (!requests_) throw Error((folder_ / kRequests).string() + ": can't be written");
}

void RecordingWriter::write(const LiveFrame& frame) {
  if (!openings_) openings_ = frame.openings;
  if (frame.openings != *openings_) {
    throw Error("it ends before " + frame_name(frame.number) + ": the camera was opened again and counts its frames anew");
  }
  save_mosaic(*frame.raw, folder_ / frame_name(frame.number));
  requests_ << frame.raw->applied.sequence << ' ' << text_of(*frame.request) << '\n' << std::flush;
  if (!requests_) throw Error((folder_ / kRequests).string() + ": can't be written");
}

void RecordingWriter::finish() {
  requests_.close();
  if (!requests_) throw Error((folder_ / kRequests).string() + ": can't be written");
}

RecordedRequests::RecordedRequests(const fs::path& folder) : file_(folder / kRequests) {
  std::ifstream in(file_);
  if (!in) throw Error(file_.string() + ": there is no such file: is " + folder.string() + " a recording of argent live --record?");
  int number = 1;
  for (std::string line; std::getline(in, line); number++) {
    const std::string place = file_.string() + ":" + std::to_string(number);
    std::uint64_t sequence = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), sequence);
    const auto used = static_cast<std::size_t>(end - line.data());
    if (error != std::errc() || used >= line.size() || line[used] != ' ') throw Error(place + ": expected a frame's sequence number");
    std::string text = line.substr(used + 1);
    try {
      request_of_text(text);
    } catch (const Error& wrong) {
      throw Error(place + ": " + wrong.what());
    }
    if (!lines_.emplace(sequence, std::move(text)).second) {
      throw Error(place + ": a second request for the frame of sequence number " + std::to_string(sequence));
    }
  }
}

Request RecordedRequests::of(const RawFrame& frame) const {
  const auto found = lines_.find(frame.applied.sequence);
  if (found == lines_.end())
    throw Error(file_.string() + ": no request for the frame of sequence number " + std::to_string(frame.applied.sequence));
  return request_of_text(found->second);
}

}  // namespace argent
