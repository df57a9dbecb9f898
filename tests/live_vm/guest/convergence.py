#!/usr/bin/env python3
"""3A on the virtual sensor, whose truth is known: exposure after light of ten times and a tenth, balance, focus, no flicker where none is."""
import json
import sys

from live_log import Checks, LiveLog, set_parameters

STEP, BACK, END = 40, 90, 140  # frames
LENS_CODES, DIOPTRES = 1023, 10  # as an uncalibrated lens is taken
CALIBRATED = "argent_profile: 1\naaa: {af: {lens: {lag: 0, depth_of_field: 0.15}}}\n"  # the module's lens moves at once


def total(frame):
    return frame["applied"]["exposure_us"] * frame["applied"]["analogue_gain"]


def error(frame):
    """Of the level that is metered, relative."""
    return frame["exposure"]["measured"] / frame["exposure"]["target"] - 1


def corrections(frames):
    """Changes that landed from a step of the light until the level was right within 3 %, and its error then."""
    first = next(i for i, frame in enumerate(frames) if abs(error(frame)) > 0.5)
    landed = 0
    for before, frame in zip(frames[first:], frames[first + 1:]):
        landed += total(frame) != total(before)
        if abs(error(frame)) <= 0.03:
            return landed, error(frame)
    return len(frames), error(frames[-1])


def picture_error(frames):
    """The largest of the picture's level once it had converged: digital gain makes up for what a probe for flicker does."""
    return max(abs((1 + error(f)) * f["exposure"]["digital_gain"] - 1) for f in frames)


def balance_error(frame, red, blue):
    gains = frame["white_balance"]["gains"]
    return max(abs(gains[0] * red / 256 - 1), abs(gains[2] * blue / 256 - 1))


def exposure_and_balance(check):
    worlds = {0: {"light": 256, "wb_r": 140, "wb_b": 165}, STEP: {"light": 2560, "wb_r": 200, "wb_b": 100},
              BACK: {"light": 256, "wb_r": 120, "wb_b": 220}}
    set_parameters(**worlds[0])
    frames = []
    for frame in LiveLog(END):
        frames.append(frame)
        set_parameters(**worlds.get(frame["frame"], {}))
    check("frames", len(frames) == END, str(len(frames)))
    for name, start, end in (("ten times the light", STEP, BACK), ("a tenth of it", BACK, END)):
        landed, left = corrections(frames[start:end])
        check(name, landed <= 3 and abs(left) <= 0.03, f"{100 * left:+.1f} % after {landed} landed corrections")
        held = picture_error(frames[end - 20:end])
        check(name + ", then", held <= 0.03, f"the picture stays within {100 * held:.1f} %")
    for start, end in ((0, STEP), (STEP, BACK), (BACK, END)):
        world = worlds[start]
        off = balance_error(frames[end - 1], world["wb_r"], world["wb_b"])
        check(f"balance of red {world['wb_r']}, blue {world['wb_b']}", off <= 0.02, f"within {100 * off:.2f} %")
    if check.failed:
        for frame in frames:
            print(json.dumps({key: frame[key] for key in ("frame", "sequence", "applied", "asked", "exposure", "flicker")}))
    periods = {frame["flicker"]["period_us"] for frame in frames}
    check("no flicker where there is none", periods == {0}, f"periods {sorted(periods)}")


def focus(check):
    with open("/tmp/calibrated.yaml", "w", encoding="ascii") as file:
        file.write(CALIBRATED)
    for best in (150, 820, 500):  # the lens is at 400 at first, then where it was left
        set_parameters(focus_best=best)
        found = None
        for frame in LiveLog(60, "--tuning", "/tmp/calibrated.yaml", "--control", "AfMode=auto", "--control", "AfTrigger=start"):
            start = frame["applied"]["lens_position"] if frame["frame"] == 0 else start
            if found is None and frame["focus"]["state"] == "focused":
                found = frame
        code = lambda dioptres: dioptres * LENS_CODES / DIOPTRES
        reached = code(frame["applied"]["lens_position"])
        assert abs(code(start) - best) >= 200, f"started at {code(start)}"
        check(f"focus at {best} from {code(start):.0f}", found is not None and abs(reached / best - 1) <= 0.02,
              f"{reached:.0f} after {found['frame'] if found else 'no'} frames")


def main():
    check = Checks()
    exposure_and_balance(check)
    focus(check)
    return check.failed


if __name__ == "__main__":
    sys.exit(main())
