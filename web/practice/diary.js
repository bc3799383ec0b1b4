// What the rows of the practitioner's own appointments share: how they say times and names, and what follows an act.

import { clinicTimes } from '../ui/clinic-times.js';
import { t } from '../ui/page.js';
import { patientName } from '../ui/roles.js';

/** @typedef {import('../lib/i18n.js').Text} Text */
/** @typedef {import('../lib/shown.js').Appointment} Appointment */
/** @typedef {import('../lib/shown.js').AppointmentType} AppointmentType */

export class Diary {
  /** @param {import('../lib/api.js').Api} api @param {import('../lib/shown.js').Clinic} clinic */
  constructor(api, clinic) {
    this.api = api;
    this.times = clinicTimes(clinic.time_zone);
    /** By id: they seldom change, and many rows have the same. @type {Map<string, Promise<AppointmentType>>} */
    this.types = new Map();
    /** Something was done, and the row may be gone: said above the list, which looks again. @type {(news: Text) => void} */
    this.changed = () => {};
    /** Lists this patient's appointments only. @type {(appointment: Appointment) => void} */
    this.onlyPatient = () => {};
  }

  /** @param {Appointment} appointment */
  nameOf(appointment) {
    return patientName(appointment);
  }

  /** Which one is meant, in a question about it. @param {Appointment} appointment */
  about(appointment) {
    return t('cancel.who', { name: this.nameOf(appointment), time: this.times.span(appointment) });
  }
}
