#include "samples/contest_pictures.h"

#include <algorithm>

#include "camera/simulation/simulated_camera.h"
#include "isp/io/image_file.h"
#include "isp/pipeline.h"

namespace argent {
namespace {

constexpr Size kThumbnail{200, 150};
constexpr int kQuality = 92;

Pipeline pipeline_for(const SimulatedCamera& camera) {
  PipelineParams params;
  params.shading = {camera.shading()};
  params.output.fit = kThumbnail;
  return Pipeline(std::move(params));
}

}  // namespace

std::vector<TellingFrame> telling_frames(const Run& run) {
  const int last = static_cast<int>(run.frames.size()) - 1;
  std::vector<TellingFrame> out{{0, "first"}};
  const auto add = [&](int frame, const char* why) {
    if (frame > 0 && frame < last) out.push_back({frame, why});
  };
  for (int event : run.events) add(event, "new light");
  for (const StepScore& step : run.score.steps) {
    if (step.reached) add(step.frame + *step.reached, "exposed right");
  }
  if (run.trigger >= 0) add(run.trigger, "focus is asked for");
  if (run.trigger >= 0 && run.score.focus_reached) add(run.trigger + *run.score.focus_reached, "Focused");
  if (run.score.flicker.found) add(*run.score.flicker.found, "period found");
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.frame < b.frame; });
  for (std::size_t i = 1; i < out.size();) {  // two things at once are one picture
    if (out[i].frame != out[i - 1].frame) {
      i++;
      continue;
    }
    out[i - 1].why += ", " + out[i].why;
    out.erase(out.begin() + static_cast<std::ptrdiff_t>(i));
  }
  out.resize(std::min(out.size(), kMostPictures - 1));
  if (last > 0) out.push_back({last, "last"});
  return out;
}

std::vector<Thumbnail> thumbnails_of(const Run& run) {
  std::vector<Thumbnail> out;
  SimulatedCamera camera(run.scenario);
  const Pipeline pipeline = pipeline_for(camera);
  std::size_t at = 0;
  for (const TellingFrame& telling : telling_frames(run)) {
    const auto frame = static_cast<std::size_t>(telling.frame);
    for (; at < frame; at++) {
      camera.skip();
      camera.apply(run.frames[at].decision.controls.sensor);
    }
    const auto raw = camera.next();
    if (!raw) break;
    out.push_back({telling, jpeg_bytes(pipeline.render(*raw, run.frames[at].decision.controls), kQuality)});
    camera.apply(run.frames[at++].decision.controls.sensor);
  }
  return out;
}

std::string base64(std::span<const unsigned char> bytes) {
  constexpr char kLetters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t k) { return i + k < bytes.size() ? unsigned{bytes[i + k]} : 0u; };
    const unsigned group = byte(0) << 16 | byte(1) << 8 | byte(2);
    for (std::size_t k = 0; k < 4; k++) out += i + k <= bytes.size() ? kLetters[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

}  // namespace argent
