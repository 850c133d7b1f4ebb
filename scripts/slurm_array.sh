#!/bin/sh
#SBATCH --job-name=genu
#SBATCH --array=1-8
#SBATCH --cpus-per-task=16
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@120
#SBATCH --requeue
# slurm_array.sh - one sweep as a job array, where there is no MPI: each job solves one shard.
# usage: job=$(sbatch --parsable scripts/slurm_array.sh STUDY OUT.h5)
#        sbatch --dependency=afterok:$job --wrap 'genu merge -o OUT.h5 OUT.h5.shard-*-of-8'
#
# A job that is submitted again goes on from the last finished block of its shard.
set -eu
[ $# -eq 2 ] || { echo "usage: sbatch slurm_array.sh STUDY OUT.h5" >&2; exit 2; }
exec "${GENU:-genu}" sweep "$1" -o "$2" -j "${SLURM_CPUS_PER_TASK:-1}" \
    --shard "$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT" --resume
